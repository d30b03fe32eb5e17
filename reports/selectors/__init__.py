"""What the reports read: rollups only, as plain values."""
