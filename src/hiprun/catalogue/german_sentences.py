"""What hiprun says in sentences of its own about rules, in German: problems, what mends them, and changes."""

from __future__ import annotations

from hiprun.catalogue import (
    german_changes,
    german_phrases,
    german_rule_help,
    german_rule_messages,
    german_syntax_help,
    german_syntax_messages,
)
from hiprun.catalogue.sentences import SentenceForms

SENTENCES = SentenceForms(
    (
        *german_syntax_messages.MESSAGES,
        *german_rule_messages.MESSAGES,
        *german_syntax_help.HELP,
        *german_rule_help.HELP,
        *german_syntax_help.FIXES,
        *german_changes.CHANGES,
    ),
    {**german_phrases.PHRASES, **german_changes.PHRASES},
    {"and": "und", "or": "oder"},
)
