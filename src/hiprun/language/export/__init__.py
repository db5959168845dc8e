"""What a model says → plain data as it stands in rule files, and its text."""
