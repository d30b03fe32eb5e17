"""Plain modules without tables, shared by every app."""
