"""Interfaces to the outside: the command line."""
