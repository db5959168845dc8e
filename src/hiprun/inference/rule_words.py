"""Rules in plain words: what must be so, in the words of the questions, and what then follows."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, assert_never

import attrs

from hiprun.catalogue import Catalogue, catalogue
from hiprun.inference.operators import OPERATORS, Compare, Every, Has, Meaning, Never, Some, holds
from hiprun.inference.phrases import FormulaLeaf, Phrase, Piece, Pieces, filled_with, formula_pieces, joined, listed
from hiprun.inference.reader_texts import ReaderTexts, readable
from hiprun.inference.tested_values import EQUAL, asks_for_zero, choices_left, choices_wanted, grouped_by_number
from hiprun.model import (
    VERDICT,
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Count,
    Decision,
    Domain,
    Formula,
    HasValue,
    Literal_,
    Model,
    Not,
    Number,
    Output,
    ParameterRef,
    Ref,
    Rule,
    Test,
    is_formula,
)
from hiprun.model.amounts import amount_text, rounded_text
from hiprun.model.templates import SAYS_NOTHING, SAYS_VALUE, parse
from hiprun.model.value_objects import ValueObject

_MOST_LISTED = 2
"""Choices that are listed one by one, where `or worse` would say it in fewer words."""

_MOST_SAID = 3
"""Values for each of which the pack's own words are repeated."""

_NOT_BELOW, _NOT_ABOVE = frozenset({0, 1}), frozenset({-1, 0})
_SIGNS = {
    EQUAL: "is",
    frozenset({-1, 1}): "is_not",
    _NOT_BELOW: "at_least",
    _NOT_ABOVE: "at_most",
    frozenset({1}): "above",
    frozenset({-1}): "below",
}


@attrs.frozen
class RuleWords(ValueObject):
    """Says rules, conditions and formulas of a model in plain words, about nobody in particular."""

    model: Model
    words: Catalogue = attrs.field(factory=catalogue)

    @property
    def texts(self) -> ReaderTexts:
        """The texts of the model, with its parameters filled in."""
        return ReaderTexts(self.model)

    # rules

    def rule(self, decision: Decision, rule: Rule) -> str:
        """Return a rule in one sentence: what must be so, and what follows."""
        phrase = self.condition(rule.require if rule.require is not None else rule.condition)
        if rule.require is not None:
            return self.words.text("rule.require", condition=phrase.text)
        results = "; ".join(
            "".join(piece.text for piece in pieces) for pieces in self.results(decision, rule.then, rule)
        )
        if rule.condition == All(()):
            return self.words.text("rule.always_gives", results=results)
        return self.words.text("rule.gives", condition=phrase.text, results=results)

    def results(
        self, decision: Decision, then: Iterable[tuple[str, Formula | Literal_]], rule: Rule | None = None
    ) -> list[Pieces]:
        """Return what outputs are given, each in words; for a bound of `rule`, the limit."""
        return [self._result(decision, decision.output(name), value, rule) for name, value in then]

    def _result(self, decision: Decision, output: Output, value: Any, rule: Rule | None) -> Pieces:
        said = self.value(output.domain, value)
        if rule is not None and rule.bound:
            said = filled_with(self.words.text(f"test.{rule.bound}"), said)
        if output.domain.type == "string" or (output.domain.type == "choice" and output.domain.choices.get(value)):
            return said
        return (Piece(f"{self.output_label(decision, output)}: "), *said)

    def result_value(self, decision: Decision, name: str, value: Formula | Literal_) -> Pieces:
        """Return the value that an output is given, without what the output is called."""
        return self.value(decision.output(name).domain, value)

    def decision_title(self, decision: Decision) -> str:
        """Return what a decision is called; of the decisions of one protocol, each by what it says."""
        title = self.texts.fill(decision.title) or _titled(decision.name)
        for protocol in self.model.stages.values():
            aspects = {
                protocol.name: "step",
                protocol.stage_decision: "stage",
                protocol.day_decision: "day",
                protocol.session_decision: "session",
            }
            if decision.name in aspects:
                return self.words.text(f"rule.stages.{aspects[decision.name]}", title=title)
        return title

    def head(self, subject: Ref) -> str:
        """Return what heads a column of values: a question or a title."""
        match subject.kind:
            case "fact":
                return self.texts.fill(self.model.facts[subject.name].ask)
            case "derived":
                return self.derived_title(subject.name)
            case "output":
                return self._output_name(subject)
            case _:
                assert_never(subject.kind)

    def output_label(self, decision: Decision, output: Output) -> str:
        """Return what an output is called."""
        title = self.texts.fill(output.title)
        if title or len(decision.outputs) > 1:
            return title or _titled(output.name)
        return self.texts.fill(decision.title) or _titled(output.name)

    # conditions

    def condition(self, condition: Condition) -> Phrase:
        """Return a condition in words."""
        match condition:
            case Test(subject):
                return self.asked(subject, self.sense([condition]))
            case HasValue(subject, held):
                key = "test.has_answer" if held else "test.has_no_answer"
                return Phrase(pieces=(self._label(subject), Piece(self.words.text(key))))
            case Not(Test(Ref("fact" | "derived") as subject) as part) if self.domain(subject).type in (
                "boolean",
                "choice",
            ):
                return self.asked(subject, Never(self.sense([part])))
            case Not(part):
                return self._not(self.condition(part))
            case All(()):
                return self._plain("rule.always")
            case AnyOf(()):
                return self._plain("rule.never")
            case All(parts):
                return joined(self._all(parts), "all", self.words)
            case AnyOf(parts):
                return joined(map(self.condition, parts), "any", self.words)
            case Count(parts, lowest, highest):
                return Phrase(
                    "count", parts=tuple(map(self.condition, parts)), lead=self._count(len(parts), lowest, highest)
                )
            case _:
                assert_never(condition)

    def _all(self, parts: Sequence[Condition]) -> Iterator[Phrase]:
        """Yield parts in words; what they ask of one number is said together."""
        for subject, several in grouped_by_number(parts, self.domain):
            if subject is None:
                yield from map(self.condition, several)
            else:
                yield self.asked(subject, self.sense(several))

    def sense(self, tests: Sequence[Condition]) -> Meaning:
        """Return what tests of one value mean together."""
        senses = [
            OPERATORS[test.operator].means(test.operands, tuple(self.domain(test.subject).choices))
            for test in tests
            if isinstance(test, Test)
        ]
        return senses[0] if len(senses) == 1 else Every(tuple(senses))

    def _plain(self, key: str) -> Phrase:
        return Phrase(pieces=(Piece(self.words.text(key)),))

    def _not(self, phrase: Phrase) -> Phrase:
        alternatives = phrase.parts if phrase.together == "any" else (phrase,)
        key = "rule.none" if len(alternatives) > 1 else "rule.not"
        return Phrase("none", parts=alternatives, lead=self.words.text(key))

    def _count(self, parts: int, lowest: int, highest: int) -> str:
        if highest >= parts:
            return self.words.text("rule.count.at_least", number=lowest, parts=parts)
        if lowest <= 0:
            return self.words.text("rule.count.at_most", number=highest, parts=parts)
        if lowest == highest:
            return self.words.text("rule.count.exactly", number=lowest, parts=parts)
        return self.words.text("rule.count.between", number=lowest, highest=highest, parts=parts)

    # what is asked of one value

    def asked(self, subject: Ref, sense: Meaning) -> Phrase:
        """Return in words that a value is as `sense` says: as the pack says it, or a question and its answer."""
        domain = self.domain(subject)
        if domain.type == "boolean" and subject.kind == "derived":
            told = Phrase(pieces=(Piece(self.derived_title(subject.name), "derived", subject.name),))
            return told if holds(sense, True) else self._not(told)
        said = self._said(subject, domain, sense) if subject.kind == "fact" else None
        return said or Phrase(pieces=(self._label(subject), *self.answer(subject, sense)))

    def _said(self, subject: Ref, domain: Domain, sense: Meaning) -> Phrase | None:
        """Return what the pack says of the values that `sense` leaves; None where it has no words for them."""
        fact = self.model.facts.get(subject.name)
        say = fact.say if fact is not None else {}
        match domain.type:
            case "boolean":
                keys = ["true" if holds(sense, True) else "false"]
            case "choice":
                keys = [*choices_left(sense, domain)]
            case "set":
                keys = choices_wanted(sense, domain)
            case "integer" | "number" | "date" | "string":
                keys = [SAYS_NOTHING] if domain.is_numeric and asks_for_zero(sense) else []
            case _:
                assert_never(domain.type)
        if 0 < len(keys) <= _MOST_SAID and all(key in say for key in keys):
            parts = (Phrase(pieces=(Piece(self.texts.fill(say[key]), "fact", subject.name),)) for key in keys)
            return joined(parts, "any", self.words)
        if SAYS_VALUE not in say or SAYS_VALUE in domain.choices:
            return None
        return Phrase(pieces=tuple(self._filled(say[SAYS_VALUE], subject, sense)))

    def _filled(self, template: str, subject: Ref, sense: Meaning) -> Iterator[Piece]:
        for part in parse(template):
            if isinstance(part, str):
                yield Piece(part, "fact", subject.name)
            elif part.name == SAYS_VALUE:
                yield from self.answer(subject, sense, bare=part.form == "number")
            else:
                yield Piece(self.texts.placeholder_words(part))

    def answer(self, subject: Ref, sense: Meaning, *, bare: bool = False) -> Pieces:
        """Return the values that `sense` leaves in words, without what they are values of; `bare`: without the unit."""
        domain = self.domain(subject)
        match domain.type:
            case "boolean":
                return (Piece(self.words.text("text.yes" if holds(sense, True) else "text.no")),)
            case "choice":
                return (Piece(self._choices(domain, [*choices_left(sense, domain)], quoted=subject.kind == "output")),)
            case "set":
                return (Piece(self._set(domain, sense)),)
            case "integer" | "number" | "date" | "string":
                return self._compared(sense, attrs.evolve(domain, unit="", unit_words=()) if bare else domain)
            case _:
                assert_never(domain.type)

    def _choices(self, domain: Domain, chosen: Sequence[str], *, quoted: bool) -> str:
        """Return which of the choices a value is one of, in as few words as they can be said."""
        order = list(domain.choices)
        rest = [choice for choice in order if choice not in chosen]
        if not rest or not chosen:
            return self.words.text("rule.never" if rest else "rule.always")
        if len(chosen) > _MOST_LISTED and domain.ordered and chosen[0] == order[len(rest)]:
            end = {"later": "worse", "earlier": "calmer"}.get(domain.worse, "later")
            return self.words.text(f"test.or_{end}", value=self._choice(domain, chosen[0], quoted=quoted))
        if len(chosen) > _MOST_LISTED and domain.ordered and rest[0] == order[len(chosen)]:
            end = {"later": "calmer", "earlier": "worse"}.get(domain.worse, "earlier")
            return self.words.text(f"test.or_{end}", value=self._choice(domain, chosen[-1], quoted=quoted))
        listed_ = rest if len(rest) < len(chosen) > _MOST_LISTED else chosen
        said = self._or(self._choice(domain, name, quoted=quoted) for name in listed_)
        return said if listed_ is chosen else self.words.text("test.none_of", value=said)

    def _set(self, domain: Domain, sense: Meaning) -> str:
        assert not isinstance(sense, Compare)
        match sense:
            case Has(name):
                return self._choice(domain, name, quoted=False)
            case Never(part):
                return self.words.text("test.none_of", value=self._set(domain, part))
            case Some(parts):
                return self._or(self._set(domain, part) for part in parts)
            case Every(parts):
                return self._every(domain, parts)
            case _:
                assert_never(sense)

    def _every(self, domain: Domain, parts: Sequence[Meaning]) -> str:
        """Return what a set has and what it does not have, as it is asked of each of some choices."""
        present = [self._choice(domain, part.choice, quoted=False) for part in parts if isinstance(part, Has)]
        absent = [self._set(domain, part.part) for part in parts if isinstance(part, Never)]
        said = self.words.text("test.and").join(present)
        if absent and len(parts) == len(domain.choices):
            return self.words.text("test.only", value=said) if said else self.words.text("text.none")
        return said or self.words.text("test.none_of", value=self._or(absent))

    # values

    def _compared(self, sense: Meaning, domain: Domain) -> Pieces:
        """Return what numbers, dates and texts are compared with."""
        assert not isinstance(sense, Has)
        match sense:
            case Compare(signs, _) if len(signs) == 3:
                return (Piece(self.words.text("rule.always")),)
            case Compare(signs, operand):
                key = f"date.{_SIGNS[signs]}" if domain.type == "date" else _SIGNS[signs]
                return filled_with(self.words.text(f"test.{key}"), self.value(domain, operand))
            case Every((Compare(signs, low), Compare(others, high))) if signs == _NOT_BELOW and others == _NOT_ABOVE:
                first = attrs.evolve(domain, unit="", unit_words=())
                return *self.value(first, low), Piece(self.words.text("test.to")), *self.value(domain, high)
            case Every(parts):
                return listed((self._compared(part, domain) for part in parts), self.words.text("test.and"))
            case Some(parts):
                return listed((self._compared(part, domain) for part in parts), self.words.text("test.or"))
            case Never(part):
                return filled_with(self.words.text("test.is_not"), self._compared(part, domain))
            case _:
                assert_never(sense)

    def value(self, domain: Domain, value: Any) -> Pieces:
        """Return a constant, or a formula with the value of each parameter, in words."""
        if is_formula(value):
            return self.formula(value, domain)
        match domain.type:
            case "boolean":
                return (Piece(self.words.text("text.yes" if value else "text.no")),)
            case "choice":
                return (Piece(self._choice(domain, value, quoted=False)),)
            case "set":
                chosen = [self._choice(domain, name, quoted=False) for name in domain.choices if name in value]
                return (Piece(", ".join(chosen) or self.words.text("text.none")),)
            case "string":
                return (Piece(self.texts.fill_again(value)),)
            case "date":
                return (Piece(datetime.date.fromordinal(value).isoformat()),)
            case "integer" | "number":
                return (Piece(_amount(value, domain)),)
            case _:
                assert_never(domain.type)

    def formula(self, formula: Formula, domain: Domain | None = None) -> Pieces:
        """Return a formula in words; a constant alone is an amount of `domain`, if that is given."""
        written = _as_written(formula)
        if domain is not None and isinstance(written, Constant) and not written.unit:
            return (Piece(_amount(written.value, domain)),)
        if domain is not None and isinstance(formula, ParameterRef):
            # its unit is that of what it is compared with, or is left out like it
            return (Piece(_amount(self.model.parameters[formula.name].value, domain), "parameter", formula.name),)
        signs = {" * ": " × ", " - ": " − ", " / ": " ÷ "}
        return tuple(
            attrs.evolve(piece, text=signs.get(piece.text, piece.text)) for piece in formula_pieces(written, self._leaf)
        )

    def _leaf(self, leaf: FormulaLeaf) -> Pieces:
        match leaf:
            case Constant(number):
                unit = leaf.unit and f"{'' if leaf.unit.startswith('%') else ' '}{leaf.unit}"
                return (Piece(f"{rounded_text(number)}{unit}"),)
            case ParameterRef(name):
                parameter = self.model.parameters[name]
                return (Piece(amount_text(parameter.value, parameter.domain, exactly=True), "parameter", name),)
            case Ref("fact", name):
                return (Piece(readable(name), "fact", name),)
            case Ref("derived", name):
                return (Piece(self.derived_title(name), "derived", name),)
            case Ref():
                return (Piece(self._output_name(leaf), "output", leaf.decision),)
            case _:
                assert_never(leaf)

    # names

    def domain(self, ref: Ref) -> Domain:
        """Return the values that conditions refer to."""
        match ref.kind:
            case "fact":
                # a constraint on parameters refers to them as if they were facts
                return (self.model.facts.get(ref.name) or self.model.parameters[ref.name]).domain
            case "derived":
                return self.model.derived[ref.name].domain
            case "output":
                return self.model.decisions[ref.decision].condition_domain(ref.name)
            case _:
                assert_never(ref.kind)

    def derived_title(self, name: str) -> str:
        """Return what a derived fact is called."""
        return self.texts.fill(self.model.derived[name].title) or _titled(name)

    def parameter_title(self, name: str) -> str:
        """Return what a parameter is called."""
        return self.texts.fill(self.model.parameters[name].title) or _titled(name)

    def _label(self, ref: Ref) -> Piece:
        """Return what is compared, with what leads over to its value: a question, or a title and a colon."""
        match ref.kind:
            case "fact" if ref.name in self.model.parameters:
                return Piece(f"{self.parameter_title(ref.name)}: ", "parameter", ref.name)
            case "fact":
                ask = self.texts.fill(self.model.facts[ref.name].ask)
                return Piece(self.words.text("rule.question", ask=ask), "fact", ref.name)
            case "derived":
                return Piece(f"{self.derived_title(ref.name)}: ", "derived", ref.name)
            case "output":
                return Piece(f"{self._output_name(ref)}: ", "output", ref.decision)
            case _:
                assert_never(ref.kind)

    def _output_name(self, ref: Ref) -> str:
        decision = self.model.decisions[ref.decision]
        title, output = self.decision_title(decision), decision.output(ref.name)
        if len(decision.outputs) == 1:
            return title
        return self.words.text(
            "rule.output", decision=title, output=self.texts.fill(output.title) or readable(ref.name)
        )

    def _choice(self, domain: Domain, name: str, *, quoted: bool) -> str:
        if domain is VERDICT:
            return self.words.text(f"verdict.{name}")
        said = self.texts.fill(domain.choices[name]) or readable(name)
        return self.words.text("rule.quoted", text=said) if quoted else said

    def _or(self, entries: Iterable[str]) -> str:
        *before, last = entries
        return self.words.text("test.or").join(filter(None, (", ".join(before), last)))


def _as_written(formula: Formula) -> Formula:
    """Return a formula without what converts one unit into another."""
    match formula:
        case Arithmetic(_, left, Constant(converts=True)):
            return _as_written(left)
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, _as_written(left), _as_written(right))
        case Call(function, arguments, option):
            return Call(function, tuple(map(_as_written, arguments)), option)
        case _:
            return formula


def _amount(number: Number, domain: Domain) -> str:
    return amount_text(number, domain, exactly=True)


def _titled(name: str) -> str:
    return readable(name)[:1].upper() + readable(name)[1:]
