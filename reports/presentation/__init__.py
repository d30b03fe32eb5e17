"""Results as pages show them: words, links, charts. No numbers are made here."""
