"""Parameters of reports, as the page, the command line and addresses give them."""
