"""The version of the engine, which every result carries."""

LANGUAGE = 2
"""The latest version of the rule language."""

LANGUAGES = (1, 2)
"""The versions of the rule language that this engine reads."""

VERSION = "0.1.0"
