"""The command line: one file for each command. No other part of hiprun uses click."""
