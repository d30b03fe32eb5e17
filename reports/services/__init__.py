"""Writes of reports: keep the rollups equal to the facts, and prove that they are."""
