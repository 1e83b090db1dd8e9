"""From the bytes of a page, feed or table to records. Pure: no network, no files, no clock, no Scrapy."""
