"""Texts that mislead are refused from whoever they come; truths are taken from numpy too."""

from __future__ import annotations

from pathlib import Path

import numpy
import polars
import pytest

import hiprun

from .. import small_packs

NAMED = """\
decision: named
title: Whether it is a rose
outputs: {rose: {type: boolean}}
rules:
  - {id: rose, when: {label: rose}, then: {rose: true}}
otherwise: {rose: false}
"""
SOAKED = """\
decision: soaked
title: Whether it is soaked
outputs: {soaked: {type: boolean}}
rules:
  - {id: wet, when: {wet: true}, then: {soaked: true}}
otherwise: {soaked: false}
"""
FACTS = "facts:\n  label: {ask: What?, type: string}\n  wet: {ask: Wet?, type: boolean}\n"
MISLEADING = ["\x1b[31m", "a\x00", "\x9b1m", "\ud800", "a\u202eb", "a\u2066b", "ro\u200bse", "\r", "\u2028"]


@pytest.fixture
def pack(tmp_path: Path) -> hiprun.Pack:
    """Return a pack with a text and a truth."""
    return small_packs.load(tmp_path / "rules", facts=FACTS, named=NAMED, soaked=SOAKED)


@pytest.mark.parametrize("text", MISLEADING, ids=ascii)
def test_a_text_that_misleads_is_refused(pack: hiprun.Pack, text: str) -> None:
    """Characters that steer a terminal, turn text around or are half of one are no fact, and are not shown."""
    for facts in ({"label": text}, {"label": {"one_of": ["rose", text]}}):
        with pytest.raises(hiprun.FactError) as raised:
            pack.decide("named", facts)
        assert raised.value.problems[0].code == "hidden-character"
        assert text not in str(raised.value)
        assert "U+" in str(raised.value)
        assert str(raised.value).encode()
    with pytest.raises(hiprun.FactError):
        pack.interpret({"label": text})
    assert pack.compile("named")({"label": text}) is None


@pytest.mark.parametrize("text", ["Zoë", "two\nlines", "a\ttab", "क्\u200dष", "🌹"], ids=ascii)
def test_other_texts_are_taken(pack: hiprun.Pack, text: str) -> None:
    """Line breaks, tabs, and what a script cannot be written without are fine."""
    assert pack.decide("named", {"label": text})["rose"] is False
    assert pack.compile("named")({"label": text}) == {"rose": False}


def test_a_row_with_a_text_that_misleads_is_refused(pack: hiprun.Pack) -> None:
    """In a dataframe the row is refused with the reason, the others are decided."""
    frame = polars.DataFrame({"label": ["rose", "ro\u202ese", None, "x\x1b[2J"]})
    found = pack.evaluate_frame(frame, "named", on_error="column")
    assert found["named__status"].to_list() == ["decided", "refused", "undetermined", "refused"]
    with pytest.raises(hiprun.FactError, match="invisible characters"):
        pack.evaluate_frame(frame, "named")


def test_truths_of_numpy_are_truths(pack: hiprun.Pack) -> None:
    """What comes out of a numpy array or a pandas column is a truth; 0 and 1 are not."""
    for value in (numpy.True_, numpy.array([True])[0]):
        assert pack.decide("soaked", {"wet": value})["soaked"] is True
        assert pack.interpret({"wet": value})["soaked"]["soaked"] is True
        assert pack.decide("soaked", {"wet": value}).facts == {"wet": True}
    for value in (1, numpy.int64(1), numpy.float64(0)):
        with pytest.raises(hiprun.FactError, match="neither true nor false"):
            pack.decide("soaked", {"wet": value})
