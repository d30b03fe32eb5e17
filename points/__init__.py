"""Points: the ledger, earning rules, tiers, rewards and the purchases that feed them."""
