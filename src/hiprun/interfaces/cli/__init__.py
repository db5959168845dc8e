"""The command line: one file for each command. Only here is click known."""
