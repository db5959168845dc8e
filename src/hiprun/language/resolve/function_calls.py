"""Functions in a formula → those of the table, with their arguments checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Literal

import attrs

from hiprun.errors import suggestion
from hiprun.inference.form_ranges import function_ends
from hiprun.inference.functions import FUNCTIONS, ROUNDINGS, SIGNS, Function, Takes
from hiprun.language.resolve.formula_parser import FormulaError, FormulaTree, FunctionCall, Name, Operation
from hiprun.model import Call, Constant, Domain, Formula, Number
from hiprun.model.corrections import Add, AnyHelp, Help, Wrap, Write
from hiprun.model.units import NO_UNIT, Unit
from hiprun.model.value_conversion import tidy


@attrs.frozen
class ResolvedFormula:
    """A formula, and what is known about it for every patient.

    `unit` is None for what fits any unit. `low` and `high` are the ends of its values over the ranges of its parameters
    (one without a range is fixed); they have no meaning if it depends on the patient. `is_whole`: it is always a whole
    number.
    """

    formula: Formula
    unit: Unit | None = None
    depends_on_patient: bool = False
    can_be_set: bool = False
    """Whether a parameter with a range is in it."""
    low: Number = 0
    high: Number = 0
    is_whole: bool = False
    gives: Literal["number", "date"] = "number"
    is_real: bool = False
    """Whether it may be no fraction and still has to be rounded."""
    is_linear: bool = True


@attrs.frozen
class WantedFormula:
    """What a formula has to be: a number or a date, within a range; what is no fraction is rounded to `decimals`.

    Sums are held to their range only with `sums_too`; formulas with functions in them always are. A day that comes out
    has to be one of the calendar in any case.
    """

    gives: Literal["number", "date"] = "number"
    decimals: int | None = None
    within: Domain | None = None
    sums_too: bool = False


ANY_NUMBER = WantedFormula()

_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("floor", "int"), ("round_down",)),
    **dict.fromkeys(("ceil", "ceiling"), ("round_up",)),
    "log": ("ln", "log10"),
    "root": ("sqrt",),
    "age": ("years",),
    "datedif": ("days", "months", "years"),
}
"""What spreadsheets and programming languages call functions of formulas."""

_CONDITIONAL = frozenset({"if", "iif", "ifs", "when", "case", "switch"})


def named_function(tree: FunctionCall, numbers: Collection[str]) -> tuple[Function, tuple[FormulaTree, ...], str]:
    """Return the function that a call names, its arguments, and the rule it follows; `numbers` are names of numbers."""
    function = FUNCTIONS.get(tree.function)
    if function is None or tree.function in SIGNS:
        raise FormulaError(
            f"There is no function called `{tree.function}`.",
            Help("To multiply, write `*`.") if tree.function in numbers else _help_for_name(tree.function),
            tree.start,
            tree.width,
            "unknown-function",
        )
    arguments, option = tree.arguments, ""
    if function.options:
        option = function.options[0]
        if len(arguments) > len(function.takes) and isinstance(last := arguments[-1], Name):
            arguments, option = arguments[:-1], last.name
            _check_option(function, last)
    if not function.takes_number_of(len(arguments)):
        raise FormulaError(
            f"`{tree.function}` takes {_counted(function)}, not {len(arguments)}.",
            f"Write `{tree.function}({', '.join('…' for _ in function.takes)})`, with commas between the values.",
            tree.start,
            tree.width,
        )
    return function, arguments, option


def _help_for_name(name: str) -> AnyHelp:
    """Return what to write in place of a function that there is not, by the names that other programs have for some."""
    found = _ELSEWHERE.get(name.lower())
    if found is not None:
        return Help(f"Write {' or '.join(f'`{each}`' for each in found)}.", *map(Write, found))
    if name.lower() in _CONDITIONAL:
        return "Formulas have no conditions: write a rule for each formula, with its own `when`."
    return suggestion(name, [name for name in FUNCTIONS if name not in SIGNS])


def _check_option(function: Function, word: Name) -> None:
    if word.name not in function.options:
        words = " or ".join(f"`{option}`" for option in function.options)
        raise FormulaError(
            f"`{function.name}` has no rule called `{word.name}`.",
            Help(f"Write {words}: when a day is reached that a month does not have.", *map(Write, function.options)),
            word.start,
            word.width,
            "unknown-function",
        )


def _ends(function: Function, arguments: Sequence[ResolvedFormula], option: str) -> tuple[Number, Number]:
    """Return the ends of a function of numbers and parameters; of one that is not defined, any."""
    low, high = function_ends(function, [(argument.low, argument.high) for argument in arguments], option)
    if isinstance(low, float) or isinstance(high, float):
        return 0, 0  # reported with all that a formula can come to
    return tidy(low), tidy(high)


def _counted(function: Function) -> str:
    most = len(function.takes)
    if function.many:
        return f"{most} numbers or more"
    least = most - function.optional
    words = f"{least} or {most}" if least != most else str(most)
    return f"{words} {'value' if most == 1 else 'values'}"


def called(
    function: Function,
    tree: FunctionCall | Operation,
    trees: Sequence[FormulaTree],
    arguments: Sequence[ResolvedFormula],
    option: str = "",
    *,
    language: int,
) -> ResolvedFormula:
    """Return a function of resolved arguments, which were written as `trees`."""
    for index, (argument, written) in enumerate(zip(arguments, trees, strict=True)):
        _check_argument(function, function.argument(index), argument, written)
    if function.many and len({argument.gives for argument in arguments}) > 1:
        raise FormulaError(
            f"`{function.name}` compares a date with a number.",
            "Give it numbers only, or dates only.",
            tree.start,
            tree.width,
            "needs-number",
        )
    is_real = function.is_real or any(argument.is_real for argument in arguments)
    if function.name == "power":
        is_real = is_real or arguments[1].low % 1 != 0
    elif function.name in ROUNDINGS:
        is_real = False
    linear = function.name in ("days", "add_days", "add_weeks")
    ends = (0, 0) if any(argument.depends_on_patient for argument in arguments) else _ends(function, arguments, option)
    return ResolvedFormula(
        Call(function.name, tuple(argument.formula for argument in arguments), option),
        _call_unit(function, tree, arguments, language),
        depends_on_patient=any(argument.depends_on_patient for argument in arguments),
        can_be_set=any(argument.can_be_set for argument in arguments),
        low=ends[0],
        high=ends[1],
        is_whole=_gives_whole(function, arguments),
        gives=function.gives if function.unit != "same" else arguments[0].gives,
        is_real=is_real,
        is_linear=linear and all(argument.is_linear for argument in arguments),
    )


def _check_argument(function: Function, takes: Takes, argument: ResolvedFormula, tree: FormulaTree) -> None:
    name = SIGNS.get(function.name, function.name)
    if not function.many and (takes == "date" or argument.gives == "date"):
        if takes == "date" and argument.gives == "date":
            return
        message = f"`{name}` takes a date here." if takes == "date" else f"`{name}` takes a number here, not a date."
        help = "Name a fact that is a date." if takes == "date" else "Name a number."
        raise FormulaError(message, help, tree.start, tree.width, f"needs-{'date' if takes == 'date' else 'number'}")
    if takes == "exponent":
        _check_exponent(argument, tree)
    if takes == "step" and argument.depends_on_patient:
        raise FormulaError(
            f"The step of `{name}` depends on the patient.",
            "Round to a number or a parameter.",
            tree.start,
            tree.width,
            "step-not-fixed",
        )
    if argument.is_real and function.near is None and (takes != "number" or function.name not in ROUNDINGS):
        raise _unrounded(tree)


def _check_exponent(exponent: ResolvedFormula, tree: FormulaTree) -> None:
    """Raise `FormulaError` where an exponent is not one and the same number for every patient and setting."""
    at = (tree.start, tree.width)
    if exponent.is_real:
        raise _unrounded(tree)
    if exponent.depends_on_patient:
        help = "Write a number behind `^`, such as `^ 2` or `^ 0.425`, or a parameter without a `range`."
        raise FormulaError("An exponent is the same for every patient.", help, *at, "exponent-not-a-number")
    if exponent.can_be_set:
        help = (
            "Name a parameter without a `range`, or write the power for each number as a rule or a derived number of "
            "its own, and let conditions choose."
        )
        raise FormulaError("An exponent is the same in every setting.", help, *at, "exponent-not-a-number")
    if exponent.unit not in (None, NO_UNIT):
        message = f"An exponent has no unit, and this is in {exponent.unit}."
        raise FormulaError(message, "Write a plain number.", *at, "unit-mismatch")


def _unrounded(tree: FormulaTree) -> FormulaError:
    return FormulaError(
        "This can be a number with endless decimals.",
        Help(
            "Say to how many decimals it is rounded: `decimals: 1` beside a formula, or `round(…, 0.1)` around it.",
            Wrap("round(", ", 0.1)"),
            Add("decimals", 1),
        ),
        tree.start,
        tree.width,
        "not-rounded",
    )


def _gives_whole(function: Function, arguments: Sequence[ResolvedFormula]) -> bool:
    match function.whole:
        case "always":
            return True
        case "never":
            return False
        case _ if function.name in ROUNDINGS:
            step = arguments[1].formula if len(arguments) > 1 else Constant(1)
            return isinstance(step, Constant) and step.value % 1 == 0
        case _ if function.name == "power":
            return arguments[0].is_whole and arguments[1].low % 1 == 0 and arguments[1].low >= 0
        case _:
            return all(argument.is_whole for argument in arguments)


def _call_unit(
    function: Function, tree: FunctionCall | Operation, arguments: Sequence[ResolvedFormula], language: int
) -> Unit | None:
    """Return the unit of what a function gives; None if it fits any.

    In version 1 of the language, only a function whose arguments all share a unit has one.
    """
    if function.name in ROUNDINGS and arguments[-1].unit == NO_UNIT:
        arguments = arguments[:1]  # a step is in the unit of what is rounded
    units = list(dict.fromkeys(argument.unit for argument in arguments if argument.unit is not None))
    match function.unit:
        case "same" if len(units) > 1:
            names = [f"in {unit}" if unit != NO_UNIT else "without a unit" for unit in units]
            raise FormulaError(
                f"One value of `{function.name}` is {names[0]}, another {names[1]}.",
                "Give it amounts in the same unit.",
                tree.start,
                tree.width,
                "unit-mismatch",
            )
        case "same":
            return units[0] if units else None
        case _ if language == 1:
            return None
        case "power" if arguments[1].low % 1 == 0:
            return (arguments[0].unit or NO_UNIT) ** int(arguments[1].low)
        case "root":
            return (arguments[0].unit or NO_UNIT).root()
        case "none":
            return NO_UNIT
        case _:
            return None


def finished(found: ResolvedFormula, tree: FormulaTree, name: str, wanted: WantedFormula) -> ResolvedFormula:
    """Return a whole formula for `name`, rounded to the decimals it is to have; raise if it gives another type."""
    gives, decimals = wanted.gives, wanted.decimals
    if found.gives != gives:
        message = f"`{name}` is a {gives}, and this is a {found.gives}."
        help = "Write `days(…, …)` or `years(…, …)`." if gives == "number" else "Write `add_days(…, …)` or the like."
        raise FormulaError(message, help, tree.start, tree.width, f"needs-{gives}")
    if decimals is not None and found.is_real:
        step = tidy(Fraction(1, 10**decimals))
        low, high = (_rounded(end, step) for end in (found.low, found.high))
        found = attrs.evolve(
            found,
            formula=Call("round", (found.formula, Constant(step))),
            low=low,
            high=high,
            is_whole=found.is_whole or not decimals,
            is_real=False,
            is_linear=False,
        )
    if found.is_real:
        raise _unrounded(tree)
    return found


def check_numbers(tree: Operation, *sides: ResolvedFormula) -> None:
    """Raise `FormulaError` where a side of `+`, `-`, `*` or `/` is a date."""
    if any(side.gives == "date" for side in sides):
        raise FormulaError(
            f"A date has no `{tree.operator}`.",
            "Write `days(…, …)` for the days between two dates, `add_days(…, …)` for a later one.",
            tree.start,
            1,
            "needs-number",
        )


def _rounded(number: Number, step: Number) -> Number:
    found = FUNCTIONS["round"].exact(number, step)
    assert found is not None  # what is rounded is a fraction
    return found
