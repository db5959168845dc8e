"""Facts are taken exactly as they are meant or refused in words, every mistake at once, whatever they are made of."""

from __future__ import annotations

import datetime
import enum
import itertools
from collections import OrderedDict, UserDict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from hiprun.errors import FactError, Problem
from hiprun.inference.facts import Facts, check_facts, shown, worded
from hiprun.inference.partial_values import Partial
from hiprun.model import Derived, Domain, Fact, Model, Ref
from hiprun.pack import Pack

DAY = datetime.date(2026, 3, 1)
DOMAINS = {
    "sunny": Domain("boolean"),
    "weeks": Domain("integer", lowest=1, highest=10, unit="weeks"),
    "warmth": Domain("number", lowest=-10, unit="degrees"),
    "depth": Domain("number", highest=5),
    "any_number": Domain("number"),
    "mood": Domain("choice", {"calm": "", "tense": "", "wild": ""}, ordered=True),
    "colour": Domain("choice", {"red": "", "green": ""}),
    "sides": Domain("set", {"left": "", "right": "", "middle": ""}),
    "day": Domain(
        "date", lowest=datetime.date(2020, 1, 1).toordinal(), highest=datetime.date(2029, 12, 31).toordinal()
    ),
    "word": Domain("string"),
}
MODEL = Model(
    "shapes",
    "1.0.0",
    "Shapes",
    facts={name: Fact(name, domain, "?") for name, domain in DOMAINS.items()},
    derived={"warm": Derived("warm", "", formula=Ref("fact", "warmth"))},
)


class Colour(str, enum.Enum):  # noqa: UP042 - the older kind
    """Choices as many programs have them."""

    RED = "red"


class Evil:
    """An object that answers every question with an error."""

    __hash__ = None  # type: ignore[assignment]

    def _fail(self, *_: object) -> Any:
        raise RuntimeError("evil")

    __eq__ = __str__ = __repr__ = __len__ = __iter__ = __bool__ = __getattr__ = _fail  # type: ignore[assignment]


class EvilText(str):
    """A text that cannot be compared or printed."""

    __slots__ = ()

    def _fail(self, *_: object) -> Any:
        raise RuntimeError("evil")

    __eq__ = __str__ = __repr__ = __len__ = _fail  # type: ignore[assignment]
    __hash__ = str.__hash__


class EvilNumber(Decimal):
    """A number that cannot be looked at."""

    def _fail(self, *_: object) -> Any:
        raise RuntimeError("evil")

    __str__ = is_finite = as_tuple = _fail  # type: ignore[assignment]


class EvilFacts(Mapping[str, Any]):
    """Facts that cannot be listed."""

    def __getitem__(self, name: str) -> Any:
        raise RuntimeError("evil")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("evil")

    def __len__(self) -> int:
        return 1


def known(**facts: Any) -> dict[str, Any]:
    """Return what is known exactly of these facts."""
    return dict(check_facts(MODEL, facts).known)


def partial(**facts: Any) -> Partial:
    """Return what is said of the one fact that is known only in part."""
    (found,) = check_facts(MODEL, facts).partial.values()
    return found


def mistakes(facts: Any) -> list[str]:
    """Return every problem of these facts as text."""
    with pytest.raises(FactError) as raised:
        check_facts(MODEL, facts)
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("sunny", True, True),
        ("weeks", 3, 3),
        ("weeks", 3.0, 3),
        ("weeks", Decimal("3"), 3),
        ("weeks", enum.IntEnum("Week", {"THIRD": 3}).THIRD, 3),  # type: ignore[attr-defined]
        ("warmth", 0.1, Fraction(1, 10)),
        ("warmth", Decimal("0.10"), Fraction(1, 10)),
        ("warmth", Fraction(1, 3), Fraction(1, 3)),
        ("warmth", 1e3, 1000),
        ("warmth", 10**39, 10**39),
        ("mood", "tense", "tense"),
        ("colour", Colour.RED, "red"),
        ("sides", [], frozenset()),
        ("sides", ("left", "left"), frozenset({"left"})),
        ("sides", {"left", "right"}, frozenset({"left", "right"})),
        ("sides", (name for name in ["right"]), frozenset({"right"})),
        ("day", DAY, DAY.toordinal()),
        ("day", "2026-03-01", DAY.toordinal()),
        ("word", "", ""),
        ("word", "x" * 10_000, "x" * 10_000),
    ],
)
def test_a_value_is_taken_exactly(name: str, value: Any, expected: Any) -> None:
    """Every usual way to write a value leads to the same exact value of a plain type."""
    found = known(**{name: value})[name]
    assert found == expected
    assert type(found) is type(expected)


def test_what_is_none_or_left_out_is_unknown() -> None:
    """None says nothing, like a fact that is not mentioned."""
    assert check_facts(MODEL, {"sunny": None, "warmth": None}) == Facts({}, {}, {})


def test_facts_are_given_back_in_the_order_of_the_pack() -> None:
    """Checked facts come in the pack's order, as callers write them, however they were given."""
    given = check_facts(
        MODEL, {"sides": {"includes_any": ["left", "right"], "is_not": ["left"]}, "day": "2026-03-01", "warmth": 0.1}
    ).given
    assert list(given.items()) == [
        ("warmth", Decimal("0.1")),
        ("sides", {"is_not": frozenset({"left"}), "includes_any": ("left", "right")}),
        ("day", DAY),
    ]


@pytest.mark.parametrize("kind", [dict, UserDict, OrderedDict])
def test_any_mapping_holds_facts(kind: Any) -> None:
    """Facts may come in anything that maps names to values."""
    assert check_facts(MODEL, kind({"sunny": False})).known == {"sunny": False}


NUMBERS = "Available: `is`, `is_not`, `at_least`, `at_most`, `above`, `below`, `between`, `one_of` …."
A_DATE = "Write it as year-month-day, for example 2026-03-01."
A_LIST = "Give a list, such as [left, right]."
THE_SIDES = "Available: `left`, `right`, `middle`."
THE_MOODS = "Available: `calm`, `tense`, `wild`."
MISTAKES: list[tuple[str, Any, str, str, str]] = [
    ("sunny", "yes", "wrong-type", "`yes` is neither true nor false.", "Give true or false."),
    ("sunny", 1, "wrong-type", "`1` is neither true nor false.", "Give true or false."),
    ("weeks", True, "wrong-type", "`true` is not a whole number.", "Give a number from 1 to 10 weeks."),
    ("weeks", "7", "wrong-type", "`7` is not a whole number.", "Give 7 without quotes."),
    ("weeks", 2.5, "not-whole", "2.5 is not a whole number.", "Give 2 or 3."),
    ("weeks", 0, "out-of-range", "0 is out of range.", "Give a value from 1 to 10 weeks."),
    ("warmth", -10.5, "out-of-range", "-10.5 is out of range.", "Give a value of at least -10 degrees."),
    ("warmth", "hot", "wrong-type", "`hot` is not a number.", "Give a number of at least -10 degrees."),
    ("depth", 5.01, "out-of-range", "5.01 is out of range.", "Give a value of at most 5."),
    ("any_number", [1], "wrong-type", "this value is not a number.", "Give a number."),
    ("any_number", "-1.5", "wrong-type", "`-1.5` is not a number.", "Give -1.5 without quotes."),
    ("any_number", 1j, "wrong-type", "this value is not a number.", "Give a number."),
    ("mood", "clam", "not-a-choice", "`clam` is not one of the choices.", "Did you mean `calm`?"),
    ("mood", 7, "not-a-choice", "`7` is not one of the choices.", THE_MOODS),
    ("mood", ["calm"], "not-a-choice", "this value is not one of the choices.", THE_MOODS),
    ("sides", "left", "wrong-type", "`left` is not a list of choices.", A_LIST),
    ("sides", b"left", "wrong-type", "this value is not a list of choices.", A_LIST),
    ("sides", 5, "wrong-type", "`5` is not a list of choices.", A_LIST),
    ("sides", ["lef"], "not-a-choice", "`lef` is not one of the choices.", "Did you mean `left`?"),
    ("sides", [None], "not-a-choice", "nothing is not one of the choices.", THE_SIDES),
    ("day", "1 March", "wrong-type", "`1 March` is not a date.", A_DATE),
    ("day", "20260301", "wrong-type", "`20260301` is not a date.", A_DATE),
    ("day", "2026-02-30", "wrong-type", "`2026-02-30` is not a date.", A_DATE),
    (
        "day",
        datetime.date(2031, 1, 1),
        "out-of-range",
        "2031-01-01 is out of range.",
        "Give a value from 2020-01-01 to 2029-12-31.",
    ),
    ("word", 5, "wrong-type", "`5` is not text of at most 10,000 characters.", ""),
    ("word", b"oak", "wrong-type", "this value is not text of at most 10,000 characters.", ""),
    ("word", "x" * 10_001, "wrong-type", f"`{'x' * 40}…` is not text of at most 10,000 characters.", ""),
    ("word", DAY, "wrong-type", "`2026-03-01` is not text of at most 10,000 characters.", ""),
    ("warmth", {"more": 3}, "bad-test", "`more` is not a test for this fact.", NUMBERS),
    (
        "colour",
        {"at_least": "red"},
        "bad-test",
        "`at_least` is not a test for this fact.",
        "Available: `is`, `is_not`, `one_of`, `none_of`.",
    ),
    ("sunny", {"one_of": [True]}, "bad-test", "`one_of` is not a test for this fact.", "Available: `is`, `is_not`."),
    ("mood", {"one_of": "calm"}, "bad-test", "`one_of` needs a list of values.", "Write [calm]."),
    ("mood", {"one_of": {"calm": 1}}, "bad-test", "`one_of` needs a list of values.", "Write [this value]."),
    ("mood", {"between": ["calm"]}, "bad-test", "`between` needs two values, the lowest and the highest.", ""),
    ("mood", {"is": "clam"}, "not-a-choice", "`clam` is not one of the choices.", "Did you mean `calm`?"),
    ("mood", {3: "calm"}, "bad-test", "`3` is not a test for this fact.", NUMBERS),
    ("sides", {"includes": "lft"}, "not-a-choice", "`lft` is not one of the choices.", "Did you mean `left`?"),
    ("warmth", {"above": 5, "below": 3}, "nothing-left", "no value meets all of these tests at once.", ""),
    ("weeks", {"between": [7, 3]}, "nothing-left", "no value meets all of these tests at once.", ""),
    (
        "sides",
        {"includes": "left", "includes_none": ["left"]},
        "nothing-left",
        "no value meets all of these tests at once.",
        "",
    ),
    ("sides", {"includes_any": []}, "nothing-left", "no value meets all of these tests at once.", ""),
    ("word", {"one_of": ["oak"], "is_not": "oak"}, "nothing-left", "no value meets all of these tests at once.", ""),
]


@pytest.mark.parametrize(("name", "value", "code", "message", "advice"), MISTAKES)
def test_a_wrong_value_is_explained(name: str, value: Any, code: str, message: str, advice: str) -> None:
    """A value of the wrong kind, size or wording gets one sentence on what is wrong and one on what to give."""
    with pytest.raises(FactError) as raised:
        check_facts(MODEL, {name: value})
    assert raised.value.problems == (Problem(code, f"`{name}`: {message}", help=advice, subject=name),)


@pytest.mark.parametrize(
    "value", [float("inf"), float("-inf"), float("nan"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")]
)
def test_what_is_no_ordinary_number_is_refused(value: Any) -> None:
    """Infinities and undefined numbers are refused, of whatever make."""
    expected = "`any_number`: it must be an ordinary number, neither infinite nor undefined. [not-a-number]"
    assert mistakes({"any_number": value}) == [expected]


@pytest.mark.parametrize(
    "value",
    [10**5000, 10**40, Decimal("1e5000"), Decimal("1e-5000"), 1e300, Decimal("1." + "1" * 40)],
    ids=lambda value: type(value).__name__,
)
def test_endless_numbers_are_refused(value: Any) -> None:
    """A number of more digits than can be kept is refused at once."""
    expected = "`any_number`: this number has too many digits. At most 40 digits are allowed. [number-too-long]"
    assert mistakes({"any_number": value}) == [expected]


def test_unknown_names_are_explained() -> None:
    """A name that the pack does not know gets the nearest one; a derived fact cannot be given; odd names are shown."""
    known_names = "Available: `sunny`, `weeks`, `warmth`, `depth`, `any_number`, `mood`, `colour`, `sides` …."
    assert mistakes({"sunnny": True, "warm": 3, 7: 1, "a" * 70: 1, "tab\there": 1}) == [
        "`sunnny` is not a fact of this pack. Did you mean `sunny`? [unknown-fact]",
        "`warm` follows from other facts and cannot be given. [unknown-fact]",
        f"`7` is not a fact of this pack. {known_names} [unknown-fact]",
        f"`{'a' * 40}…` is not a fact of this pack. {known_names} [unknown-fact]",
        f"`tab�here` is not a fact of this pack. {known_names} [unknown-fact]",
    ]


def test_every_mistake_is_reported_at_once() -> None:
    """All problems of all facts come in one error: unknown names first, then in the order of the pack."""
    found = mistakes(
        {"word": 5, "sides": ["up", "left", "down"], "warmt": 5, "weeks": 0.5, "mood": {"at_least": "x", "below": 3}}
    )
    assert [text.partition(" ")[0] for text in found] == [
        "`warmt`", "`weeks`:", "`mood`:", "`mood`:", "`sides`:", "`sides`:", "`word`:",
    ]  # fmt: skip


def test_mistakes_name_their_fact_as_data() -> None:
    """Programs find the fact that a problem is about without reading the sentence."""
    with pytest.raises(FactError) as raised:
        check_facts(MODEL, {"wods": 1, "word": 1})
    assert [problem.subject for problem in raised.value.problems] == ["wods", "word"]


@pytest.mark.parametrize(
    "facts", [None, [], "sunny", 5, [("sunny", True)], EvilFacts()], ids=lambda facts: type(facts).__name__
)
def test_facts_that_are_not_by_name_are_refused(facts: Any) -> None:
    """Anything but names with values is refused in words."""
    assert mistakes(facts) == ["Facts must be a mapping from names to values. [facts-shape]"]


ODD: list[Any] = [
    Evil(),
    EvilText("oak"),
    EvilNumber(3),
    [Evil()],
    {"is": Evil()},
    {"one_of": [Evil()]},
    {"between": EvilFacts()},
    EvilFacts(),
    object(),
    type,
    lambda: 3,
    [[[]]],
    {"is": {"is": 3}},
    {EvilText("is"): 3},
    bytearray(b"x"),
    datetime.datetime(2026, 3, 1, 12, 0),
    "\ud800",
    float("nan"),
]


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_no_object_breaks_the_check(name: str, value: Any) -> None:
    """Whatever a caller passes is taken as a plain value or refused in words, never answered with another error."""
    try:
        found = check_facts(MODEL, {name: value})
    except FactError:
        return
    assert name in found.known or name in found.partial
    assert type(found.known.get(name, "")) in (str, bool, int, Fraction, frozenset)


def test_endless_lists_come_to_an_end() -> None:
    """A list without end, or of absurd length, is refused after its first thousand entries."""
    assert mistakes({"sides": itertools.repeat("left")}) == [
        "`sides`: this list has more than 1,000 entries. [list-too-long]"
    ]
    assert (
        mistakes({"weeks": {"one_of": range(1, 10**9)}})[0]
        == "`weeks`: this list has more than 1,000 entries. [list-too-long]"
    )
    assert known(sides=["left"] * 1000) == {"sides": frozenset({"left"})}


def test_endless_mistakes_come_to_an_end() -> None:
    """Of very many mistakes the first fifty are reported."""
    for facts in ({f"fact_{number}": 1 for number in range(1000)}, {"sides": [f"side {n}" for n in range(1000)]}):
        found = mistakes(facts)
        assert len(found) == 51
        assert found[-1] == "There are more than these 50 mistakes. [too-many-problems]"


@pytest.mark.parametrize(
    ("name", "tests", "expected"),
    [
        ("sunny", {"is": True}, True),
        ("sunny", {"is_not": True}, False),
        ("weeks", {"at_least": 3, "below": 4}, 3),
        ("weeks", {"above": 9}, 10),
        ("warmth", {"between": [2.5, 2.5]}, Fraction(5, 2)),
        ("mood", {"above": "tense"}, "wild"),
        ("mood", {"none_of": ["calm", "wild"]}, "tense"),
        ("colour", {"is_not": "red"}, "green"),
        ("day", {"one_of": ["2026-03-01"]}, DAY.toordinal()),
        ("sides", {"is": ["left"]}, frozenset({"left"})),
        ("sides", {"includes_all": ["left", "right"], "includes_none": ["middle"]}, frozenset({"left", "right"})),
        ("sides", {"includes_none": ["left", "right"], "is_not": []}, frozenset({"middle"})),
        ("sides", {"includes": "left", "includes_none": ["right"], "is_not": ["left"]}, frozenset({"left", "middle"})),
        ("word", {"is": "oak"}, "oak"),
        ("word", {"one_of": ["oak", "elm"], "none_of": ["elm"]}, "oak"),
    ],
)
def test_what_leaves_one_value_is_known(name: str, tests: Any, expected: Any) -> None:
    """When only one value meets what was said, the fact is known."""
    assert known(**{name: tests}) == {name: expected}


@pytest.mark.parametrize(
    ("name", "tests"),
    [
        ("weeks", {}),
        ("weeks", {"at_least": 1}),
        ("weeks", {"one_of": range(1, 11)}),
        ("mood", {"at_most": "wild"}),
        ("any_number", {"none_of": []}),
    ],
)
def test_what_leaves_every_value_says_nothing(name: str, tests: Any) -> None:
    """When every value meets what was said, the fact is unknown."""
    assert check_facts(MODEL, {name: tests}) == Facts({}, {}, {})


def test_partial_values_keep_what_was_said() -> None:
    """What leaves several values is kept as it was said, with the values that are left."""
    assert partial(weeks={"above": 3, "at_most": 7}).region == (((4, 0), (8, 0)),)
    assert partial(warmth={"none_of": [0]}).region == (((-10, 0), (0, 0)), ((0, 1), (float("inf"), 1)))
    assert partial(sides={"includes": "left"}).tests == (("includes", ("left",)),)
    assert partial(word={"is_not": "oak"}).tests == (("is_not", ("oak",)),)


def test_values_are_worded_as_in_rule_files() -> None:
    """A value of the model is written as an author would write it."""
    assert worded(DOMAINS["sunny"], True) == "true"
    assert worded(DOMAINS["sunny"], False) == "false"
    assert worded(DOMAINS["day"], DAY.toordinal()) == "2026-03-01"
    assert worded(DOMAINS["warmth"], Fraction(5, 2)) == "2.5"
    assert worded(DOMAINS["sides"], frozenset({"middle", "left"})) == "[left, middle]"
    assert worded(DOMAINS["mood"], "calm") == "calm"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "nothing"),
        (True, "`true`"),
        (False, "`false`"),
        (1.5, "`1.5`"),
        pytest.param(10**5000, "this value", id="huge"),
        (DAY, "`2026-03-01`"),
        ("a\nb", "`a�b`"),
    ],
)
def test_any_value_can_be_shown(value: Any, expected: str) -> None:
    """A value in a sentence is quoted, kept short, and free of line breaks."""
    assert shown(value) == expected


def test_a_text_is_not_said_back_at_any_length(greenhouse: Pack) -> None:
    """However long a text is that stands for a number, the message stays short."""
    with pytest.raises(FactError) as raised:
        greenhouse.evaluate({"temperature": "1" * 100_000})
    assert len(str(raised.value)) < 300
