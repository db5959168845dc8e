"""hiprun's own words: the same keys and placeholders in every language, and none that nobody uses."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from hiprun.catalogue import LANGUAGES, catalogue

SOURCES = Path(__file__).parents[3] / "src" / "hiprun"
KEY = re.compile(r"""(?:text|counted)\(\s*f?"([a-z_]+\.[a-z_.{}]+)\"""")


def placeholders(text: str) -> set[str]:
    """Return the names of what a text leaves open."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words(language: str) -> None:
    """No key is missing or too many, and each text leaves open what the English one does."""
    english, other = catalogue().messages, catalogue(language).messages
    assert other.keys() == english.keys()
    assert {key for key in english if placeholders(english[key]) != placeholders(other[key])} == set()
    assert [key for key, text in other.items() if not text.strip()] == []


def test_every_key_that_is_asked_for_exists_and_none_of_advice_and_plans_is_unused() -> None:
    """What the sources ask for by its whole key is there; what is there for advice and plans is asked for."""
    keys = catalogue().messages.keys()
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py") if path.parent.name != "catalogue"
    )
    asked = set(KEY.findall(sources))
    whole = {key for key in asked if "{" not in key}
    assert [key for key in whole if key not in keys and f"{key}.other" not in keys] == []
    beginnings = {key.partition("{")[0] for key in asked if "{" in key} | {"stages."}
    stems = {key: key.removesuffix(".one").removesuffix(".other") for key in keys if key.startswith(("advice", "plan"))}
    named = {key for key, stem in stems.items() if f'"{stem}"' in sources or f"'{stem}'" in sources}
    unused = [key for key in stems.keys() - named if not any(key.startswith(start) for start in beginnings)]
    assert unused == []


def test_a_language_that_hiprun_does_not_speak_is_answered_in_english() -> None:
    """A regional form is the language itself; any other language is English."""
    assert catalogue("de-AT") is not catalogue()
    assert catalogue("de-AT").text("text.yes") == "ja"
    assert (catalogue("fr").language, catalogue("fr").text("text.yes")) == ("en", "yes")
    assert [catalogue().counted("plan.days", number) for number in (1, 2)] == ["1 day", "2 days"]
