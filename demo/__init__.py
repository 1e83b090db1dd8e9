"""The demo county: a real little web built from fact tables; it does not know how it will be crawled."""
