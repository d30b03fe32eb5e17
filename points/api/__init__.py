"""Doors of the HTTP API: a router per thing, with its schemas."""
