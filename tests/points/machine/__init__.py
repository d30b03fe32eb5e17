"""A plain model of the ledger, and the verbs that are run against both."""
