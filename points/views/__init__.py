"""Pages of the points engine."""
