"""The inference kernel: decisions as circuits over facts, and everything that can come out of them."""
