"""Generated decisions: rules, tables, criteria and limits under every hit policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from hiprun.inference.hit_policies import COLLECT, HIT_POLICIES, LIMITS, WORST, HitPolicy
from hiprun.model import ALWAYS, All, Condition, Constant, Decision, Domain, Gap, Not, Output, ParameterRef, Rule, Test
from hiprun.testing.pack_generation.conditions import generate_condition, generate_test
from hiprun.testing.pack_generation.domains import OUTPUT_SPANS, SPANS, TYPES, generate_domain
from hiprun.testing.pack_generation.draft import PackDraft, Subject
from hiprun.testing.pack_generation.formulas import generate_amount, generate_date

_NUMBERS = ("number", "integer")
_RANKABLE = ("choice", "boolean", *_NUMBERS, "date")
_DEPTH = 2
_MOST_COLUMNS = 3

Row = tuple[tuple[str, Any], ...]


@attrs.frozen
class DecisionGenerator:
    """Generates one decision over what is declared so far."""

    draft: PackDraft
    name: str
    min_rules: int
    max_rules: int

    def decision(self, policies: Sequence[str], statements: Sequence[str], own_statement: str) -> Decision:
        """Return a decision under one of `policies`; if the pack has `statements`, it cites at least its own."""
        policy = self.draft.choices.one_of(policies)
        ids = [f"rule-{number}" for number in range(1, self.draft.choices.integer(self.min_rules, self.max_rules) + 1)]
        if policy == "criteria":
            decision = self._criteria(ids)
        elif policy == LIMITS.name and self.draft.numbers():
            decision = self._limits(ids)
        else:
            decision = self._rules(ids, COLLECT if policy == LIMITS.name else HIT_POLICIES[policy])
        decision = attrs.evolve(decision, title=self._text(), because=self._text(), interpretation=self._text())
        return self._with_sources(decision, statements, own_statement) if statements else decision

    def _text(self, *, about_patient: bool = False) -> str:
        return self.draft.text(about_patient=about_patient)

    def _with_sources(self, decision: Decision, statements: Sequence[str], own_statement: str) -> Decision:
        cited = {
            id_: self._cited(statements, own_statement) for id_ in dict.fromkeys(rule.id for rule in decision.rules)
        }
        rules = tuple(attrs.evolve(rule, sources=cited[rule.id]) for rule in decision.rules)
        return attrs.evolve(decision, sources=(own_statement,), rules=rules)

    def _cited(self, statements: Sequence[str], own_statement: str) -> tuple[str, ...]:
        return tuple(self.draft.choices.some_of(statements, 1, 2)) if self.draft.choices.yes() else (own_statement,)

    # rules and tables

    def _rules(self, ids: list[str], hit: HitPolicy) -> Decision:
        choices = self.draft.choices
        order: Any = choices.one_of(["file", "worst"]) if hit.gives == "items" else "file"
        outputs = self._outputs(hit, ordered=order == "worst")
        otherwise = self._row(hit, outputs) if not hit.always_answers and choices.yes() else None
        table = choices.yes()
        if table and choices.yes():
            ids = [id_.replace("rule", "row") for id_ in ids]
        conditions = self._columns(len(ids)) if table else [generate_condition(self.draft, _DEPTH) for _ in ids]
        # A rule that always matches comes last: under `first`, no rule after it could ever apply.
        conditions[-1] = choices.one_of([conditions[-1], ALWAYS])
        given = [self._given_outputs(outputs, partly=hit.takes == "ranks" and otherwise is not None) for _ in ids]
        rules = tuple(
            Rule(
                id_,
                when,
                self._row(hit, given[0] if table else left),
                title="" if table else self._text(about_patient=True),
                because=self._text(about_patient=True),
                interpretation=self._text(),
            )
            for id_, when, left in zip(ids, conditions, given, strict=True)
        )
        always = any(rule.condition == ALWAYS and len(rule.then) == len(outputs) for rule in rules)
        kind: Any = "table" if table else "rules"
        final_otherwise = None if always else otherwise
        may_be_complete = final_otherwise is None and not always and not hit.always_answers
        complete = may_be_complete and choices.yes()
        return Decision(self.name, kind, "", outputs, hit.name, rules, final_otherwise, order, complete, self._gaps())

    def _gaps(self) -> tuple[Gap, ...]:
        subjects = [subject for subject in self.draft.subjects() if subject[1].is_numeric]
        if self.draft.options.enumerable or not subjects or not self.draft.choices.yes():
            return ()
        return (Gap(generate_test(self.draft, *self.draft.choices.one_of(subjects)), self._text() or "It is meant."),)

    def _outputs(self, hit: HitPolicy, *, ordered: bool) -> tuple[Output, ...]:
        choices = self.draft.choices
        if hit.takes == "nothing":
            return (Output("answer", Domain("integer"), self._text()),)
        options = self.draft.options
        types = _RANKABLE if hit.ranks else _NUMBERS if hit.takes == "numbers" else TYPES
        if options.tied and hit.takes_formulas and not (ordered or hit.ranks) and choices.yes(0.6):
            types = ("number",)
        spans = OUTPUT_SPANS if options.enumerable else SPANS
        names = ["answer", "detail"][: choices.integer(1, 2)]
        ranked = names if hit.ranks else names[:1] if ordered else []
        return tuple(
            Output(
                name,
                generate_domain(
                    choices,
                    _RANKABLE if name in ranked else types,
                    spans=spans,
                    ordered=name in ranked,
                    units=self.draft.units,
                ),
                self._text(),
                optional=hit.gives == "items" and choices.yes(),
            )
            for name in names
        )

    def _given_outputs(self, outputs: tuple[Output, ...], *, partly: bool) -> tuple[Output, ...]:
        """Return the outputs that a rule gives, at least one."""
        may_lack = [output for output in outputs if partly or output.optional]
        left_out = self.draft.choices.one_of([None, *may_lack])
        return tuple(output for output in outputs if output is not left_out) or outputs

    def _row(self, hit: HitPolicy, outputs: tuple[Output, ...]) -> Row:
        if hit.takes == "nothing":
            return ()
        return tuple((output.name, self._value(hit, output.domain)) for output in outputs)

    def _value(self, hit: HitPolicy, domain: Domain) -> Any:
        if domain.type == "number" and hit.takes_formulas:
            return generate_amount(self.draft, domain)
        if domain.type == "date" and hit.takes_formulas and self.draft.options.functions and domain.lowest is None:
            return generate_date(self.draft, domain)
        if domain.type == "string":
            return f"{self.draft.constant(domain)}{self.draft.shown(about_patient=True)}"
        if not domain.is_numeric:
            return self.draft.constant(domain)
        named = [
            ParameterRef(name)
            for name, parameter in self.draft.parameters.items()
            if (domain.type == "number" or parameter.type == "integer")
            and (parameter.unit == domain.unit or not self.draft.converts)
        ]
        if named and self.draft.choices.yes():
            return self.draft.choices.one_of(named)
        return self.draft.constant(domain)

    def _columns(self, rows: int) -> list[Condition]:
        """Return what the rows of a table ask about its columns."""
        columns = self.draft.choices.some_of(self.draft.subjects(), 1, _MOST_COLUMNS)
        found: list[Condition] = []
        for _ in range(rows):
            asked = [columns[0], *(column for column in columns[1:] if self.draft.choices.yes())]
            tests = [entry for column in asked for entry in self._cell(column)]
            found.append(tests[0] if len(tests) == 1 else All(tuple(tests)))
        return found

    def _cell(self, column: Subject) -> list[Test]:
        subject, domain = column
        tests = [generate_test(self.draft, subject, domain) for _ in range(self.draft.choices.integer(1, 2))]
        return list({entry.operator: entry for entry in tests}.values())

    # criteria and limits

    def _criteria(self, ids: list[str]) -> Decision:
        met, unmet = self.draft.choices.one_of([("met", "unmet"), ("ready", "not_ready")])
        result = Output("result", Domain("choice", {met: "", unmet: ""}, worse="later", ordered=True))
        required = [generate_condition(self.draft, _DEPTH) for _ in ids]
        rules = tuple(
            Rule(
                id_,
                Not(require),
                (("result", unmet),),
                title=self._text(about_patient=True),
                because=self._text(about_patient=True),
                require=require,
                unmet=self._text(about_patient=True),
            )
            for id_, require in zip(ids, required, strict=True)
        )
        return Decision(self.name, "criteria", "", (result,), WORST.name, rules, (("result", met),))

    def _limits(self, ids: list[str]) -> Decision:
        draft, choices = self.draft, self.draft.choices
        by_name = {ref.name: (ref, domain) for ref, domain in draft.numbers()}
        quantities: dict[str, Subject] = {}
        rules = []
        for id_ in ids:
            name = choices.one_of(list(by_name))
            quantities[name] = by_name[name]
            domain = by_name[name][1]
            both = [] if draft.options.enumerable else [["at_least", "at_most"]]
            sides: Any = choices.one_of([["at_most"], ["at_least"], *both])
            if len(sides) == 2:
                ends = sorted(draft.number(domain) for _ in range(2))
                values: list[Any] = [Constant(end) for end in ends]
            else:
                values = [generate_amount(draft, domain)]
            when = generate_condition(draft, _DEPTH) if choices.yes() else ALWAYS
            title, because = (self._text(about_patient=True) for _ in range(2))
            rule = Rule(id_, when, title=title, because=because)
            rules += [
                attrs.evolve(rule, then=((name, value),), bound=side) for side, value in zip(sides, values, strict=True)
            ]
        return Decision(
            self.name,
            "limits",
            "",
            tuple(Output(name, domain) for name, (_, domain) in quantities.items()),
            LIMITS.name,
            tuple(rules),
            quantities=tuple((name, ref) for name, (ref, _) in quantities.items()),
        )
