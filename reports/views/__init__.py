"""Pages of reports, and of what they are worth."""
