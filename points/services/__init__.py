"""Every write of the points engine: one verb each, atomic and repeatable."""
