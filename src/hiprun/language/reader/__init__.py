"""What is read from disk: packs of rules, files of facts, and diaries."""
