"""The demo: a year of a supermarket's real baskets with invented people around them."""
