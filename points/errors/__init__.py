"""What the services refuse, by what it is about: a sentence fit for a form, and a code."""
