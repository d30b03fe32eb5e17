"""Reading files of purchases: pure parsing, no database and no clock."""
