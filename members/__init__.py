"""Members: who is enrolled, how they are reached, what they agreed to."""
