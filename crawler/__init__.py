"""Scrapy project: from the web (and mailboxes, folders) to stored observations."""
