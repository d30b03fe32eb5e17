"""Reads over the ledger and the settings, returned as frozen dataclasses."""
