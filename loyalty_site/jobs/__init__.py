"""Long work as rows: progress, cancel, resume."""
