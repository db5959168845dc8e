"""Rule files to model and back: the only room that knows the format of rule files."""
