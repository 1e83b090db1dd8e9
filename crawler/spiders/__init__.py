"""Spiders, one a way of collecting; what they do is said by the county's sources."""
