"""A model → the plain data of rule files, and their text."""
