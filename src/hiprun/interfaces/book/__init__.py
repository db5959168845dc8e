"""The rule book: a pack as pages that can be read, searched, printed and signed."""
