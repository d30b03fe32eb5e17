"""Make two memberships of one person one: ask, approve, join, undo."""
