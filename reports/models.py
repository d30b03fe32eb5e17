"""Rollup tables of reports."""
