"""From a month of facts and findings to the assessment, and from it to files."""
