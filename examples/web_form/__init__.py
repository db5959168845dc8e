"""A small web form made from the facts of a pack. Works without JavaScript; keeps nothing about anyone."""
