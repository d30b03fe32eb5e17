"""Reports: rollups of the facts, and the definitions that read them."""
