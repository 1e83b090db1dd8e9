"""The desk in a real browser. A package, so that Playwright's event loop ends with it and other tests may use the database again."""
