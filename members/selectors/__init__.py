"""Reads over members for the pages: search, list, timeline, consent."""
