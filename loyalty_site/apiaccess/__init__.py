"""Access to the HTTP API: keys with scopes, and requests that happen once."""
