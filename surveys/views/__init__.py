"""Pages of the surveys app: the form of members, and what staff see."""
