"""The version of the engine, which every result carries."""

LANGUAGE = 1
"""The version of the rule language."""

VERSION = "0.1.0"
