"""Challenges: kept by the programme's keepers, reached by members, awarded once."""
