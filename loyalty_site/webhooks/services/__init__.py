"""Every write of webhooks: the outbox, endpoints, deliveries, forgetting."""
