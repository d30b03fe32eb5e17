"""Tiers as pure arithmetic: windows, ladders and what becomes of a tier with time."""
