"""Surveys: questions, waves, invitations, answers and the cases they open."""
