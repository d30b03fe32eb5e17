"""Reads of the surveys app over several tables."""
