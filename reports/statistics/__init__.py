"""Pure functions on counts: no database, no clock, nothing heavier than `math`."""
