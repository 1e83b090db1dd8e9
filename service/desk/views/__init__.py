"""The desk's pages, one module a subject. Every view declares its roles (`service.desk.access`)."""
