"""What a fact or an output declares about its values: type, choices, range, direction."""

from __future__ import annotations

from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.literals import check_distinct, date_ordinal, is_number
from hiprun.language.resolve.names import check_not_reserved
from hiprun.model import Domain, Number
from hiprun.model.corrections import Delete, Help, Swap, Write, whole_numbers
from hiprun.model.units import parse
from hiprun.model.value_conversion import text

MOST_CHOICES = 1000
MOST_DECIMALS = 12

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
    "decimals": ("number",),
    "choices": ("choice", "set"),
    "ordered": ("choice",),
    "worse": tuple(_WORSE),
}


def domain(node: Node, name: str) -> Domain | None:
    """Return the domain of the fact or output declared at `node`; None after a mistake."""
    before = len(node.findings.problems)
    kind = node.value["type"]
    for field, types in _FITS.items():
        if field in node.value and kind not in types:
            node[field].report(
                "does-not-fit-type",
                f"`{field}` is for {_types(types)}, but `{name}` is {message_wording.TYPE_WORDS[kind]}.",
                Help(f"Delete `{field}`, or change the type.", Delete()),
                key=True,
            )
    if "unit" in node.value:
        check_unit(node["unit"])
    resolved = Domain(
        kind,
        choices=_choices(node, kind, name),
        lowest=(bounds := declared_range(node, kind, name))[0],
        highest=bounds[1],
        unit=node.text("unit"),
        worse=(worse := _worse(node, kind, name)),
        ordered=kind == "choice" and (bool(worse) or node.value.get("ordered", False)),
        decimals=decimals(node),
        unit_words=node.units.words(node.text("unit")),
    )
    return resolved if len(node.findings.problems) == before else None


def check_unit(node: Node) -> None:
    """Report a unit that is not one; in version 1 of the language any text is."""
    if node.language > 1 and parse(str(node.value)) is None:
        node.report(
            "bad-unit",
            f"{message_wording.value_words(node.value)} is not a unit.",
            "Write names with `/`, `*` and whole powers: `mg/kg`, `kg/m^2`, `/min`, `mL/min/1.73 m^2`.",
        )


def decimals(node: Node) -> int | None:
    """Return to how many decimals a number is shown; None if the declaration does not say."""
    declared: int | None = node.value.get("decimals")
    if declared is not None and not 0 <= declared <= MOST_DECIMALS:
        node["decimals"].report(
            "out-of-range",
            f"Numbers are shown with 0 to {MOST_DECIMALS} decimals, not {text(declared)}.",
            "Write how many decimals make sense to a reader, such as 1.",
        )
        return None
    return declared


def number_range(node: Node, *, whole: bool, name: str) -> tuple[Number | None, Number | None]:
    """Return the two ends of the numeric `range` of a declaration; None twice if it has none, or after a mistake."""
    declared = node.get("range")
    if declared is None:
        return None, None
    for end in declared.items():
        if not is_number(end.value):
            end.report("wrong-type", f"The range of `{name}` must consist of numbers.", "Write two numbers: `[0, 10]`.")
            return None, None
        if whole and not isinstance(end.value, int):
            end.report(
                "not-whole",
                f"`{name}` is a whole number, and so are the ends of its range.",
                Help("Write whole numbers.", *whole_numbers(end.value)),
            )
            return None, None
    low, high = declared.value
    if low > high:
        declared.report(
            "upside-down",
            f"The range of `{name}` begins at {text(low)} but ends at {text(high)}, which is lower.",
            Help("Write the lower end first.", Swap()),
        )
        return None, None
    return low, high


def _types(types: tuple[str, ...]) -> str:
    *first_types, last_type = [f"`{kind}`" for kind in types]
    return f"the types {', '.join(first_types)} and {last_type}" if first_types else f"the type {last_type}"


def declared_range(node: Node, kind: str, name: str) -> tuple[Number | None, Number | None]:
    """Return the ends of the range declared at `node` for values of a type; None for both without one or a mistake."""
    declared = node.get("range")
    if declared is None or kind not in _FITS["range"]:
        return None, None
    if kind != "date":
        return number_range(node, whole=kind == "integer", name=name)
    low, high = map(date_ordinal, declared.items())
    if low is not None and high is not None and low > high:
        help = Help("Write the earlier day first.", Swap())
        declared.report("upside-down", f"The range of `{name}` ends before it begins.", help)
    return low, high


def _choices(node: Node, kind: str, name: str) -> dict[str, str]:
    if kind not in _FITS["choices"]:
        return {}
    declared = node.get("choices")
    if declared is None:
        node.report(
            "no-choices",
            f"`{name}` has the type `{kind}` but no choices.",
            "Add them: `choices: {first: its text, second: its text}`.",
        )
        return {}
    if isinstance(declared.value, dict):
        for choice, child in declared.entries():
            check_not_reserved(child, choice, key=True)
        choices = dict(declared.value)
    else:
        for item in declared.items():
            check_not_reserved(item, item.value, key=False)
        check_distinct(declared)
        choices = dict.fromkeys(declared.value, "")
    if len(choices) > MOST_CHOICES:
        declared.report(
            "too-many-choices", f"`{name}` has more than {MOST_CHOICES} choices.", "Use a string or a number instead."
        )
    if kind == "choice" and len(choices) < 2:
        declared.report(
            "no-choices", f"`{name}` has only one choice.", "List at least two; for yes or no use `type: boolean`."
        )
    return choices


def _worse(node: Node, kind: str, name: str) -> str:
    declared = node.get("worse")
    if declared is None or kind not in _WORSE:
        return ""
    word = message_wording.value_words(declared.value).strip("`")
    if word not in _WORSE[kind]:
        upward, downward = _WORSE[kind]
        type_words = message_wording.TYPE_WORDS[kind]
        declared.report(
            "does-not-fit-type",
            f"`{name}` is {type_words}, so `worse` must be `{upward}` or `{downward}`, not `{word}`.",
            Help(
                f"Write the direction in which things get worse: `{upward}` or `{downward}`.",
                Write(upward),
                Write(downward),
            ),
        )
    return word
