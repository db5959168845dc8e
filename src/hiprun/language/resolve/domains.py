"""What a fact or an output declares about its values: type, choices, range, direction."""

from __future__ import annotations

from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.literals import check_distinct, is_number, ordinal
from hiprun.language.resolve.names import check_not_reserved
from hiprun.model import Domain, Number
from hiprun.model.value_conversion import text

MOST_CHOICES = 1000

_WORSE = {
    "boolean": ("true", "false"),
    "integer": ("higher", "lower"),
    "number": ("higher", "lower"),
    "date": ("higher", "lower"),
    "choice": ("later", "earlier"),
}
_FITS = {
    "range": ("integer", "number", "date"),
    "unit": ("integer", "number"),
    "choices": ("choice", "set"),
    "ordered": ("choice",),
    "worse": tuple(_WORSE),
}


def domain(node: Node, name: str) -> Domain | None:
    """Return the values that the declaration at `node`, of a fact or an output, allows; None after a mistake."""
    before = len(node.findings.problems)
    kind = node.value["type"]
    for field, types in _FITS.items():
        if field in node.value and kind not in types:
            node[field].report(
                "does-not-fit-type",
                f"`{field}` is for {_types(types)}, but `{name}` is {message_wording.TYPES[kind]}.",
                f"Delete `{field}`, or change the type.",
                key=True,
            )
    found = Domain(
        kind,
        choices=_choices(node, kind, name),
        lowest=(bounds := _range(node, kind, name))[0],
        highest=bounds[1],
        unit=node.text("unit"),
        worse=(worse := _worse(node, kind, name)),
        ordered=kind == "choice" and (bool(worse) or node.value.get("ordered", False)),
    )
    return found if len(node.findings.problems) == before else None


def number_range(node: Node, *, whole: bool, name: str) -> tuple[Number | None, Number | None]:
    """Return the two ends of the numeric `range` of a declaration; None twice where it has none, or a wrong one."""
    given = node.get("range")
    if given is None:
        return None, None
    for end in given.items():
        if not is_number(end.value):
            end.report("wrong-type", f"The range of `{name}` is made of numbers.", "Write two numbers: `[0, 10]`.")
            return None, None
        if whole and not isinstance(end.value, int):
            end.report(
                "not-whole", f"`{name}` is a whole number, and so are the ends of its range.", "Write whole numbers."
            )
            return None, None
    low, high = given.value
    if low > high:
        given.report(
            "upside-down",
            f"The range of `{name}` begins at {text(low)} and ends below, at {text(high)}.",
            "Write the lower end first.",
        )
        return None, None
    return low, high


def _types(types: tuple[str, ...]) -> str:
    *others, last = [f"`{kind}`" for kind in types]
    return f"the types {', '.join(others)} and {last}" if others else f"the type {last}"


def _range(node: Node, kind: str, name: str) -> tuple[Number | None, Number | None]:
    given = node.get("range")
    if given is None or kind not in _FITS["range"]:
        return None, None
    if kind != "date":
        return number_range(node, whole=kind == "integer", name=name)
    low, high = map(ordinal, given.items())
    if low is not None and high is not None and low > high:
        given.report("upside-down", f"The range of `{name}` ends before it begins.", "Write the earlier day first.")
    return low, high


def _choices(node: Node, kind: str, name: str) -> dict[str, str]:
    if kind not in _FITS["choices"]:
        return {}
    given = node.get("choices")
    if given is None:
        node.report(
            "no-choices",
            f"`{name}` has the type `{kind}` but no choices.",
            "Add them: `choices: {first: its text, second: its text}`.",
        )
        return {}
    if isinstance(given.value, dict):
        for choice, child in given.entries():
            check_not_reserved(child, choice, key=True)
        choices = dict(given.value)
    else:
        for item in given.items():
            check_not_reserved(item, item.value, key=False)
        check_distinct(given)
        choices = dict.fromkeys(given.value, "")
    if len(choices) > MOST_CHOICES:
        given.report("too-many-choices", f"`{name}` has more than {MOST_CHOICES} choices.", "Use a text or a number.")
    if kind == "choice" and len(choices) < 2:
        given.report(
            "no-choices", f"`{name}` has only one choice.", "List at least two; for yes or no use `type: boolean`."
        )
    return choices


def _worse(node: Node, kind: str, name: str) -> str:
    given = node.get("worse")
    if given is None or kind not in _WORSE:
        return ""
    word = message_wording.value(given.value).strip("`")
    if word not in _WORSE[kind]:
        one, other = _WORSE[kind]
        given.report(
            "does-not-fit-type",
            f"`{name}` is {message_wording.TYPES[kind]}, and for these `worse` is `{one}` or `{other}`, not `{word}`.",
            f"Write the direction in which things get worse: `{one}` or `{other}`.",
        )
    return word
