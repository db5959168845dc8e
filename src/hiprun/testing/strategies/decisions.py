"""Generated decisions: rules, tables, criteria and limits under every hit policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from hypothesis import strategies as st

from hiprun.inference.hit_policies import COLLECT, HIT_POLICIES, LIMITS, WORST, HitPolicy
from hiprun.model import ALWAYS, All, Condition, Constant, Decision, Domain, Gap, Not, Output, ParameterRef, Rule, Test
from hiprun.testing.strategies.conditions import Declared, Subject, amount, condition, test
from hiprun.testing.strategies.domains import TYPES, WORDING, constants, domains, numbers

POLICIES = (*(name for name in HIT_POLICIES if name != LIMITS.name), "criteria", LIMITS.name)
"""The policies that decisions can be generated with: the hit policies, and `criteria` and `limits`."""

_NUMBERS = ("number", "integer")
_RANKABLE = ("choice", "boolean", *_NUMBERS, "date")
_DEPTH = 2
_MOST_COLUMNS = 3

Row = tuple[tuple[str, Any], ...]


@attrs.frozen
class DecisionGenerator:
    """Generates one decision over what is declared so far."""

    draw: st.DrawFn
    declared: Declared
    name: str
    min_rules: int
    max_rules: int

    def decision(self, policies: Sequence[str], statements: Sequence[str], own_statement: str) -> Decision:
        """Return a decision under one of `policies`; if the pack has `statements`, it cites at least its own."""
        policy = self.draw(st.sampled_from(policies))
        ids = [f"rule-{number}" for number in range(1, self.draw(st.integers(self.min_rules, self.max_rules)) + 1)]
        if policy == "criteria":
            decision = self._criteria(ids)
        elif policy == LIMITS.name and self.declared.numbers():
            decision = self._limits(ids)
        else:
            decision = self._rules(ids, COLLECT if policy == LIMITS.name else HIT_POLICIES[policy])
        decision = attrs.evolve(decision, title=self._text(), because=self._text(), interpretation=self._text())
        return self._with_sources(decision, statements, own_statement) if statements else decision

    def _text(self) -> str:
        return self.draw(WORDING)

    def _with_sources(self, decision: Decision, statements: Sequence[str], own_statement: str) -> Decision:
        several = st.lists(st.sampled_from(statements), min_size=1, max_size=2, unique=True).map(tuple)
        sources = st.just((own_statement,)) | several
        cited = {id_: self.draw(sources) for id_ in dict.fromkeys(rule.id for rule in decision.rules)}
        rules = tuple(attrs.evolve(rule, sources=cited[rule.id]) for rule in decision.rules)
        return attrs.evolve(decision, sources=(own_statement,), rules=rules)

    # rules and tables

    def _rules(self, ids: list[str], hit: HitPolicy) -> Decision:
        draw = self.draw
        order: Any = draw(st.sampled_from(["file", "worst"])) if hit.gives == "items" else "file"
        outputs = self._outputs(hit, ordered=order == "worst")
        otherwise = self._row(hit, outputs) if not hit.always_answers and draw(st.booleans()) else None
        table = draw(st.booleans())
        if table and draw(st.booleans()):
            ids = [id_.replace("rule", "row") for id_ in ids]
        conditions = self._columns(len(ids)) if table else [condition(draw, self.declared, _DEPTH) for _ in ids]
        # A rule that always matches comes last: under `first`, no rule after it could ever apply.
        conditions[-1] = draw(st.sampled_from([conditions[-1], ALWAYS]))
        given = [self._given_outputs(outputs, partly=hit.takes == "ranks" and otherwise is not None) for _ in ids]
        rules = tuple(
            Rule(
                id_,
                when,
                self._row(hit, given[0] if table else left),
                title="" if table else self._text(),
                because=self._text(),
                interpretation=self._text(),
            )
            for id_, when, left in zip(ids, conditions, given, strict=True)
        )
        always = any(rule.condition == ALWAYS and len(rule.then) == len(outputs) for rule in rules)
        kind: Any = "table" if table else "rules"
        final_otherwise = None if always else otherwise
        may_be_complete = final_otherwise is None and not always and not hit.always_answers
        complete = may_be_complete and draw(st.booleans())
        return Decision(self.name, kind, "", outputs, hit.name, rules, final_otherwise, order, complete, self._gaps())

    def _gaps(self) -> tuple[Gap, ...]:
        subjects = [subject for subject in self.declared.subjects() if subject[1].is_numeric]
        if not subjects or not self.draw(st.booleans()):
            return ()
        return (
            Gap(test(self.draw, *self.draw(st.sampled_from(subjects)), self.declared), self._text() or "It is meant."),
        )

    def _outputs(self, hit: HitPolicy, *, ordered: bool) -> tuple[Output, ...]:
        draw = self.draw
        if hit.takes == "nothing":
            return (Output("answer", Domain("integer"), self._text()),)
        types = _NUMBERS if hit.takes == "numbers" else TYPES
        names = ["answer", "detail"][: draw(st.integers(1, 2))]
        return tuple(
            Output(
                name,
                self._output_domain(types, ordered=hit.ranks or (ordered and name == names[0])),
                self._text(),
                optional=hit.gives == "items" and draw(st.booleans()),
            )
            for name in names
        )

    def _output_domain(self, types: Sequence[str], *, ordered: bool) -> Domain:
        return self.draw(domains(_RANKABLE if ordered else types, ordered=ordered))

    def _given_outputs(self, outputs: tuple[Output, ...], *, partly: bool) -> tuple[Output, ...]:
        """Return the outputs that a rule gives, at least one."""
        may_lack = [output for output in outputs if partly or output.optional]
        left_out = self.draw(st.sampled_from([None, *may_lack]))
        return tuple(output for output in outputs if output is not left_out) or outputs

    def _row(self, hit: HitPolicy, outputs: tuple[Output, ...]) -> Row:
        if hit.takes == "nothing":
            return ()
        return tuple((output.name, self._value(hit, output.domain)) for output in outputs)

    def _value(self, hit: HitPolicy, domain: Domain) -> Any:
        if domain.type == "number" and hit.takes_formulas:
            return amount(self.draw, self.declared, domain)
        if not domain.is_numeric:
            return self.draw(constants(domain))
        named = [
            ParameterRef(name)
            for name, parameter in self.declared.parameters.items()
            if domain.type == "number" or parameter.type == "integer"
        ]
        figures = numbers(domain).map(Constant)
        return self.draw(figures | st.sampled_from(named) if named else figures)

    def _columns(self, rows: int) -> list[Condition]:
        """Return what the rows of a table ask about its columns."""
        subjects = st.lists(st.sampled_from(self.declared.subjects()), min_size=1, max_size=_MOST_COLUMNS, unique=True)
        columns = self.draw(subjects)
        found: list[Condition] = []
        for _ in range(rows):
            asked = [columns[0], *(column for column in columns[1:] if self.draw(st.booleans()))]
            tests = [entry for column in asked for entry in self._cell(column)]
            found.append(tests[0] if len(tests) == 1 else All(tuple(tests)))
        return found

    def _cell(self, column: Subject) -> list[Test]:
        subject, domain = column
        tests = [test(self.draw, subject, domain, self.declared) for _ in range(self.draw(st.integers(1, 2)))]
        return list({entry.operator: entry for entry in tests}.values())

    # criteria and limits

    def _criteria(self, ids: list[str]) -> Decision:
        met, unmet = self.draw(st.sampled_from([("met", "unmet"), ("ready", "not_ready")]))
        result = Output("result", Domain("choice", {met: "", unmet: ""}, worse="later", ordered=True))
        required = [condition(self.draw, self.declared, _DEPTH) for _ in ids]
        rules = tuple(
            Rule(
                id_,
                Not(require),
                (("result", unmet),),
                title=self._text(),
                because=self._text(),
                require=require,
                unmet=self._text(),
            )
            for id_, require in zip(ids, required, strict=True)
        )
        return Decision(self.name, "criteria", "", (result,), WORST.name, rules, (("result", met),))

    def _limits(self, ids: list[str]) -> Decision:
        draw, declared = self.draw, self.declared
        by_name = {ref.name: (ref, domain) for ref, domain in declared.numbers()}
        quantities: dict[str, Subject] = {}
        rules = []
        for id_ in ids:
            name = draw(st.sampled_from(list(by_name)))
            quantities[name] = by_name[name]
            domain = by_name[name][1]
            sides: Any = draw(st.sampled_from([["at_most"], ["at_least"], ["at_least", "at_most"]]))
            if len(sides) == 2:
                ends = sorted(draw(st.lists(numbers(domain), min_size=2, max_size=2)))
                values: list[Any] = [Constant(end) for end in ends]
            else:
                values = [amount(draw, declared, domain)]
            when = draw(st.just(ALWAYS) | st.just(None)) or condition(draw, declared, _DEPTH)
            rule = Rule(id_, when, title=self._text(), because=self._text())
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
