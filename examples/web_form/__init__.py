"""A small web form generated from the facts of a pack. It works without JavaScript and stores nothing about anyone."""
