"""Forms of the pages: parse input into what the services take."""
