"""Texts for readers with their placeholders filled in, for a patient or for nobody in particular."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_never

import attrs

from hiprun.catalogue import Catalogue, catalogue
from hiprun.errors import FactError
from hiprun.inference.conclusion import Answer, Conclusion, Item, Limit
from hiprun.inference.displayed_texts import has_placeholders
from hiprun.inference.facts import Facts, check_value
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.linear_forms import Linear, bases_of, linear
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision, Domain, Formula, Model, Number, Ref, formula_refs, tests
from hiprun.model.amounts import amount_text, number_words
from hiprun.model.lazy_mapping import LazyMapping
from hiprun.model.templates import Form, Placeholder, TemplateError, filled, placeholders
from hiprun.model.value_conversion import internal, public
from hiprun.model.value_objects import ValueObject

_TEXT_FIELDS = frozenset({"because", "ask", "title", "unmet", "notice"})
_WITHOUT_TEXTS = frozenset(
    {"condition", "require", "then", "formula", "never", "otherwise"}
    | {"place", "otherwise_place", "statements", "examples", "patients", "properties", "units"}
)


@attrs.frozen
class ReaderTexts(ValueObject):
    """Fills in the texts of a model: with its parameters, and with what is known of a patient (None: nobody).

    `outcome_of` returns the outcome of a decision for the patient, its texts as they were written.
    """

    model: Model
    facts: Facts | None = None
    outcome_of: Callable[[str], Outcome] | None = None

    @property
    def words(self) -> Catalogue:
        """hiprun's own words, in the language of the texts."""
        return catalogue(self.model.text_language)

    def fill(self, text: str) -> str:
        """Return a text as a reader sees it; what is not known is said to be so."""
        return text if self.model.language == 1 else filled(text, self.placeholder_words)

    def conclusion(self, conclusion: Conclusion) -> Conclusion:
        """Return a conclusion with its texts filled in."""
        outputs = {output.name: output.domain for output in self.model.decisions[conclusion.decision].outputs}
        texts = {name for name, domain in outputs.items() if domain.type == "string"}
        return attrs.evolve(
            conclusion,
            possible=tuple(self.answer(answer, texts) for answer in conclusion.possible),
            safest=None if conclusion.safest is None else self.answer(conclusion.safest, texts),
            items=tuple(self._item(item, texts) for item in conclusion.items),
            criteria=tuple(
                attrs.evolve(criterion, title=self.fill(criterion.title), unmet=self.fill(criterion.unmet))
                for criterion in conclusion.criteria
            ),
        )

    def _item(self, item: Item, texts: set[str]) -> Item:
        outputs, because = self.answer(item.outputs, texts), self.fill(item.because)
        if outputs is item.outputs and because is item.because:
            return item
        return attrs.evolve(item, outputs=outputs, because=because)

    def answer(self, answer: Answer, texts: set[str]) -> Answer:
        """Return an answer with the outputs that are `texts` filled in."""
        if not any("{" in answer[name] or "}" in answer[name] for name in texts if name in answer):
            return answer
        return Answer({name: self.fill(value) if name in texts else value for name, value in answer.items()})

    def value_words(self, value: Any, domain: Domain, form: Form) -> str:
        """Return a value as it is written within a sentence."""
        match domain.type:
            case "boolean":
                return self.words.text("text.yes" if value else "text.no")
            case "integer" | "number":
                if form == "amount":
                    return amount_text(value, domain, self.words)
                return number_words(Fraction(value), domain, self.words)
            case "choice":
                return self.fill(domain.choices[value]) or readable(value)
            case "set":
                texts = [self.fill(text) or readable(name) for name, text in domain.choices.items() if name in value]
                return ", ".join(texts) or self.words.text("text.none")
            case "string":
                return str(value)
            case "date":
                assert isinstance(value, datetime.date)
                return value.isoformat()
            case _:
                assert_never(domain.type)

    def fill_again(self, text: str) -> str:
        """Return a text as a reader sees it, whether it is filled in already or not."""
        try:
            return self.fill(text)
        except (TemplateError, LookupError):
            return text

    def placeholder_words(self, placeholder: Placeholder) -> str:
        """Return what is put in place of a placeholder."""
        name, form = placeholder.name, placeholder.form
        parameter = self.model.parameters.get(name)
        if parameter is not None:
            return self.value_words(parameter.value, parameter.domain, form)
        if self.facts is None:
            return self.words.text("text.name", name=readable(name))
        decision, _, output = name.rpartition(".")
        if decision:
            return self._output_words(self.model.decisions[decision], output, form)
        if name in self.model.derived:
            derived = self.model.derived[name]
            number = self._number(Ref("derived", name))
            if number is None:
                return self._not_known(name)
            shown: Any = public(derived.domain, number) if derived.type == "date" else number
            return self.value_words(shown, derived.domain, form)
        domain = self.model.facts[name].domain
        if name in self.facts.known:
            return self.value_words(public(domain, self.facts.known[name]), domain, form)
        given = self.facts.given.get(name)
        ends = {test: bound for test, bound in given.items() if test != "is_not"} if isinstance(given, Mapping) else {}
        return (
            amount_text(ends, domain, self.words)
            if ends and domain.is_numeric and _are_numbers(ends)
            else self._not_known(name)
        )

    def _output_words(self, decision: Decision, name: str, form: Form) -> str:
        domain = decision.output(name).domain
        assert self.outcome_of is not None
        outcome = self.outcome_of(decision.name)
        if outcome.limits:
            limit = outcome[name]
            ends = {"at_least": limit.at_least, "at_most": limit.at_most}
            known = {side: end for side, end in ends.items() if end is not None}
            return (
                amount_text(known, domain, self.words)
                if known
                else self._not_known(name)
                if limit.open
                else self.words.text("text.no_limit")
            )
        value = outcome.get(name)
        if value is not None:
            return self.value_words(value, domain, form)
        if outcome.status == "undetermined" and domain.is_numeric and outcome.possible:
            ends = dict(zip(("at_least", "at_most"), outcome.range(name), strict=True))
            known = {side: end for side, end in ends.items() if end is not None}
            return (
                amount_text(known, domain, self.words)
                if known and ends["at_least"] != ends["at_most"]
                else self._not_known(name)
            )
        if outcome.status == "undetermined":
            return self._not_known(name)
        return self.words.text("text.no_value", name=readable(name))

    def _not_known(self, name: str) -> str:
        return self.words.text("text.not_known", name=readable(name))

    def _number(self, formula: Formula) -> Number | None:
        """Return what a formula comes to; None while something in it is not known."""
        form = self._form(formula)
        for ref in dict.fromkeys(base for part, _ in form.terms for base in bases_of(part)):
            value = self._known(ref)
            if value is None:
                return None
            form = form.put(ref, Linear(value))
        return form.constant

    def _form(self, formula: Formula) -> Linear:
        parameters = {name: parameter.value for name, parameter in self.model.parameters.items()}
        derived: dict[str, Linear] = {}
        for ref in formula_refs(formula):
            behind = self.model.derived[ref.name].formula if ref.kind == "derived" else None
            if behind is not None:
                derived[ref.name] = self._form(behind)
        return linear(formula, parameters, derived)

    def _known(self, ref: Ref) -> Any:
        """Return a fact or an output that is a number or a date as the model has it; None while it is not known."""
        if ref.kind == "fact":
            assert self.facts is not None
            return self.facts.known.get(ref.name)
        assert self.outcome_of is not None
        found = self.outcome_of(ref.decision).get(ref.name)
        return None if found is None else internal(self.model.decisions[ref.decision].output(ref.name).domain, found)


def show_patients(model: Model, texts: Iterable[str]) -> bool:
    """Whether any of these texts shows what depends on the patient, rather than on parameters alone."""
    if model.language == 1:  # a brace is a brace
        return False
    return any(shown.name not in model.parameters for text in texts for shown in placeholders(text))


def for_nobody(model: Model) -> Model:
    """Return a model whose texts are filled in with its parameters; conditions, and texts that rules give, stay."""
    shown: Model = model if model.language == 1 else _filled(model, ReaderTexts(model).fill, later=True)
    return shown


def shown_decision(model: Model, name: str) -> Decision:
    """Return one decision as it is in the model that `for_nobody` gives, without filling in all the others."""
    decision = model.decisions[name]
    shown: Decision = decision if model.language == 1 else _filled(decision, ReaderTexts(model).fill)
    return shown


def shown_names(model: Model) -> frozenset[str]:
    """Return the names of everything whose value some text shows."""
    names: set[str] = set()

    def collect(text: str) -> str:
        names.update(placeholder.name for placeholder in placeholders(text))
        return text

    if model.language > 1:
        _filled(model, collect)
        for decision in model.decisions.values():
            _with_filled_outputs(decision, collect)
    return frozenset(names)


def output_words(model: Model, decision: str, output: str, value: Any) -> str:
    """Return a value of an output as readers see it: a `Limit`, the tuple of a list, a span, or one value.

    Raises `FactError` for a value that the output cannot have.
    """
    domain = model.decisions[decision].output(output).domain
    if isinstance(value, tuple):
        return ", ".join(output_words(model, decision, output, part) for part in value) or "none"
    if isinstance(value, Limit):
        ends = {"at_least": value.at_least, "at_most": value.at_most}
        known = {side: end for side, end in ends.items() if end is not None}
        return (
            amount_text(known, domain) if known else ReaderTexts(model)._not_known(output) if value.open else "no limit"
        )
    if isinstance(value, Mapping) and "one_of" in value:
        return " or ".join(output_words(model, decision, output, part) for part in value["one_of"])
    if isinstance(value, Mapping):
        return amount_text(value, domain)
    checked, problems = check_value(output, domain, value)
    if problems:
        raise FactError(problems)
    return ReaderTexts(model).value_words(public(domain, checked), domain, "amount")


def _filled(value: Any, fill: Callable[[str], str], *, later: bool = False) -> Any:
    """Return a value with its texts filled in; with `later`, those of what is not created yet once it is."""
    if isinstance(value, Domain):
        return attrs.evolve(value, choices={name: fill(text) for name, text in value.choices.items()})
    if isinstance(value, tuple):
        return tuple(_filled(entry, fill) for entry in value)
    if isinstance(value, Mapping):
        if later and not isinstance(value, dict):
            return LazyMapping(value, lambda entry: _filled(entry, fill))
        return {name: _filled(entry, fill) for name, entry in value.items()}
    if not attrs.has(type(value)):
        return value
    changed: dict[str, Any] = {}
    for field in attrs.fields(type(value)):
        content = getattr(value, field.name)
        if field.name in ("activities", "texts"):
            changed[field.name] = {name: fill(text) for name, text in content.items()}
        elif field.name in _TEXT_FIELDS:
            changed[field.name] = fill(content)
        elif field.name not in _WITHOUT_TEXTS:
            changed[field.name] = _filled(content, fill, later=later)
    return attrs.evolve(value, **changed)


def readable(name: str) -> str:
    """Return a name as readable words.

    >>> readable("outside.low_light")
    'low light'
    """
    return name.rpartition(".")[2].replace("_", " ").replace("-", " ")


def _are_numbers(tests: Mapping[str, Any]) -> bool:
    return all(isinstance(bound, int | Decimal | Fraction | float) for bound in tests.values())


def with_texts_for_columns(model: Model) -> Model:
    """Return a model for tables, whose rules give texts in which parameters are filled in.

    Columns hold one text for all the patients a rule applies to, so values of a patient are named in them, not shown.
    Where a condition compares an output with such a text, or texts that rules compare would become the same, all texts
    stay as they are.
    """
    if model.language == 1:
        return model
    operands = (operand for condition in model.conditions() for test in tests(condition) for operand in test.operands)
    asked = {operand for operand in operands if isinstance(operand, str)}
    fill = ReaderTexts(model).fill
    would_be_the_same = any(_would_be_the_same(entry, fill, asked) for entry in model.decisions.values())
    if would_be_the_same or any("{" in text for text in asked):
        return attrs.evolve(model, language=1)  # where a brace is a brace
    decisions = {name: _with_filled_outputs(entry, fill) for name, entry in model.decisions.items()}
    return model if decisions == model.decisions else attrs.evolve(model, decisions=decisions, language=1)


def _would_be_the_same(decision: Decision, fill: Callable[[str], str], asked: Collection[str]) -> bool:
    """Return whether a text would become one that is `asked` for, or texts that have to agree would become the same."""
    rows = [*(rule.then for rule in decision.rules), decision.otherwise or ()]
    given = (value for row in rows for name, value in row if decision.output(name).domain.type == "string")
    shown = {text: fill(text) for text in given if isinstance(text, str)}
    if any(new != text and new in asked for text, new in shown.items()):
        return True
    return HIT_POLICIES[decision.hit].says == "some" and len(set(shown.values())) < len(shown)


def _with_filled_outputs(decision: Decision, fill: Callable[[str], str]) -> Decision:
    strings = {output.name for output in decision.outputs if output.domain.type == "string"}
    if not strings or not has_placeholders(decision):
        return decision

    def filled_outputs(outputs: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
        return tuple((name, fill(value) if name in strings else value) for name, value in outputs)

    return attrs.evolve(
        decision,
        rules=tuple(attrs.evolve(rule, then=filled_outputs(rule.then)) for rule in decision.rules),
        otherwise=None if decision.otherwise is None else filled_outputs(decision.otherwise),
    )
