"""Conditions and ranges in mathematical notation → the notation of rule files, for help texts."""

from __future__ import annotations

import re

from hiprun.model.corrections import Help, MakeList, Write

_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?"
_NUMBER = r"-?[0-9]+(?:[.,][0-9]+)?"
_NAME_FIRST = re.compile(
    rf"(?P<name>{_NAME}) *(?P<sign><=|>=|=<|=>|==|!=|<>|[<>=≤≥≠]) *(?P<amount>{_NUMBER}|{_NAME})\Z"
)
_VALUE_FIRST = re.compile(rf"(?P<amount>{_NUMBER}) *(?P<sign><=|>=|=<|=>|[<>≤≥]) *(?P<name>{_NAME})\Z")
_SINGLE_NAME = re.compile(rf"(?P<not>not +)?(?P<name>{_NAME})\Z")
_CONJUNCTION = re.compile(r" +(?P<word>and|or) +", re.IGNORECASE)
_RANGE = re.compile(rf"(?P<low>{_NUMBER}) *(?:-|–|—|\.\.\.?|to) *(?P<high>{_NUMBER})\Z")
_LONGEST_TEXT = 200

TEST_FOR = {"<": "below", "<=": "at_most", "=<": "at_most", "≤": "at_most"}
TEST_FOR |= {">": "above", ">=": "at_least", "=>": "at_least", "≥": "at_least"}
TEST_FOR |= {"≠": "is_not", "!=": "is_not", "<>": "is_not", "=": "is", "==": "is"}
_MIRRORED = {"below": "above", "above": "below", "at_most": "at_least", "at_least": "at_most"}
GROUP_FOR = {"or": "any", "and": "all"}


def condition_text(text: str) -> str | None:
    """Return a condition that is written with signs and words in the notation of rule files; None for any other text.

    >>> condition_text("size > 3"), condition_text("warm or not wet")
    ('{size: {above: 3}}', '{any: [{warm: true}, {wet: false}]}')
    """
    if len(text) > _LONGEST_TEXT:
        return None
    operators = {match["word"].lower() for match in _CONJUNCTION.finditer(text)}
    parts = [_part(part.strip()) for part in _CONJUNCTION.split(text)[::2]]
    if not all(parts) or len(operators) > 1:
        return None
    if not operators:
        return f"{{{parts[0]}}}"
    return f"{{{GROUP_FOR[operators.pop()]}: [{', '.join(f'{{{part}}}' for part in parts)}]}}"


def range_ends(text: str) -> tuple[str, str] | None:
    """Return the two ends of a range written with a dash or a word; None for any other text.

    >>> range_ends("3-5"), range_ends("2,5 to 4")
    (('3', '5'), ('2.5', '4'))
    """
    match = _RANGE.match(text.strip()) if len(text) <= _LONGEST_TEXT else None
    return (_point(match["low"]), _point(match["high"])) if match else None


def _part(text: str) -> str | None:
    match = _NAME_FIRST.match(text)
    if match:
        return _test(match["name"], TEST_FOR[match["sign"]], match["amount"])
    match = _VALUE_FIRST.match(text)
    if match:
        return _test(match["name"], _MIRRORED[TEST_FOR[match["sign"]]], match["amount"])
    match = _SINGLE_NAME.match(text)
    return f"{match['name']}: {'false' if match['not'] else 'true'}" if match else None


def _test(name: str, test: str, amount: str) -> str:
    operand = {"yes": "true", "no": "false"}.get(amount, _point(amount))
    return f"{name}: {operand}" if test == "is" else f"{name}: {{{test}: {operand}}}"


def _point(number: str) -> str:
    return number.replace(",", ".")


def group_help(name: str) -> Help:
    """Return what to write instead of `or` or `and` as the name of a group of conditions."""
    group = GROUP_FOR[name.lower()]
    requirement = "one of several conditions is enough" if group == "any" else "all of several conditions must hold"
    words = f"If {requirement}, list them under `{group}`: `{group}: [{{…}}, {{…}}]`."
    return Help(words, Write(group), MakeList(group))
