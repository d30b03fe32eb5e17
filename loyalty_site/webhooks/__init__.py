"""Telling other systems what happened: outbox, endpoints, deliveries."""
