"""What an outcome says to the person it is about, put into words from the pack; made only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, assert_never

import attrs

from hiprun.catalogue import Catalogue, catalogue
from hiprun.inference.advice import Advice, AdviceReason, AdvisedItem, sentence
from hiprun.inference.conclusion import Limit
from hiprun.inference.explanation import ConditionStep, Explanation, RuleStep
from hiprun.inference.facts import Facts
from hiprun.inference.first_words import FirstWords, first_words
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.operators import Truth
from hiprun.inference.outcome import Outcome
from hiprun.inference.reader_texts import ReaderTexts, readable
from hiprun.inference.speech import Speech
from hiprun.model import Decision, Model, Output, reach
from hiprun.model.amounts import amount_text
from hiprun.model.value_objects import ValueObject

_MOST_REASONS = 4
_MOST_FACTS = 3
"""Facts that one reason names."""

_LEAST, _MOST = "_at_least", "_at_most"
"""How the names of two outputs end that are the ends of one range."""

OutcomeOf = Callable[[str], Outcome]


def advise(model: Model, outcome_of: OutcomeOf, outcome: Outcome, facts: Facts) -> Advice:
    """Return what an outcome for `facts` says to the person; `outcome_of` returns that of any other decision."""
    texts = ReaderTexts(model, facts, outcome_of)
    words = catalogue(model.text_language)
    decision = model.decisions[outcome.decision]
    first = _first_words(model, outcome_of) if model.first and model.first != decision.name else None
    opening = Advice(
        title=texts.fill(decision.title) or readable(decision.name),
        first=first.words if first else "",
        first_because=first.because if first else (),
        notice=texts.fill(model.notice),
        language=words.language,
    )
    if decision.audience == "professional":
        return attrs.evolve(opening, do=(words.text("advice.professional"),))
    return _Adviser(model, texts, words, Speech(texts), decision, outcome).advice(
        opening, _needs(first, outcome_of, outcome)
    )


def _first_words(model: Model, outcome_of: OutcomeOf) -> FirstWords | None:
    return first_words(model, outcome_of(model.first))


def _needs(first: FirstWords | None, outcome_of: OutcomeOf, outcome: Outcome) -> tuple[str, ...]:
    """Return the facts to ask for: before all others those that decide on the words that come first."""
    before = outcome_of(first.decision).needs if first and not first.certain else ()
    return tuple(dict.fromkeys((*before, *outcome.needs)))


@attrs.frozen
class _Adviser(ValueObject):
    model: Model
    texts: ReaderTexts
    words: Catalogue
    speech: Speech
    decision: Decision
    outcome: Outcome

    def advice(self, opening: Advice, needs: tuple[str, ...]) -> Advice:
        reasons = self.reasons()
        questions = [self.texts.fill(self.model.facts[name].ask) for name in needs]
        return attrs.evolve(
            opening,
            do=tuple(self.what_to_do()),
            certain=self.outcome.status != "undetermined",
            remark=self.texts.fill(self.decision.because),
            why=tuple(reasons[:_MOST_REASONS]),
            more_reasons=len(reasons[_MOST_REASONS:]),
            also=tuple(self.items()),
            ask=questions[0] if questions else "",
            open=tuple(questions[1:]),
        )

    # what to do

    def what_to_do(self) -> Iterator[str]:
        outcome = self.outcome
        match outcome.status:
            case "no_match" | "conflict":
                yield self.words.text(f"advice.{outcome.status}")
                return
            case "decided" | "undetermined":
                gives = HIT_POLICIES[self.decision.hit].gives
            case _:
                assert_never(outcome.status)
        match gives:
            case "answer":
                outputs = self.decision.outputs
                for output in outputs[:1] if self.decision.kind == "stages" else outputs:
                    yield from self.answer_words(output)
            case "items":
                if not any(item.certainty == "certain" for item in outcome.items):
                    yield self.words.text("advice.nothing" if outcome.status == "decided" else "advice.nothing_yet")
            case "limits":
                pass
            case _:
                assert_never(gives)

    def answer_words(self, output: Output) -> Iterator[str]:
        """Yield the answer of one output, or what it may be."""
        remaining = self.remaining(output)
        said = [self.value_words(output, value) for value in remaining]
        open_ended = self.outcome.may_not_match or self.outcome.may_conflict
        if len(said) == 1 and not open_ended:
            yield said[0]
        elif output.calmest and remaining:
            least, most = said[0], said[-1]
            is_calm = remaining[0] == output.calmest or open_ended
            key = "advice.to_be_safe" if is_calm else "advice.at_least_may_be"
            yield self.words.text(key, least=least, most=most)
        elif 0 < len(said) <= _MOST_FACTS:
            yield self.words.text("advice.one_of", values="; ".join(said))
        else:
            yield self.words.text("advice.not_settled")

    def remaining(self, output: Output) -> list[Any]:
        """Return the values of an output that remain, calmest first."""
        values = list({answer[output.name]: None for answer in self.outcome.possible if output.name in answer})
        choices = list(output.domain.choices)
        if output.domain.type == "choice":
            values.sort(key=choices.index, reverse=bool(output.calmest) and output.calmest != choices[0])
        return values

    def value_words(self, output: Output, value: Any) -> str:
        """Return a value of an output in words: the text of a choice alone, anything else after its title."""
        domain = output.domain
        spoken = self.speech.said(output.say, domain, value)
        if spoken:
            return spoken
        if self.decision.has_criteria and not domain.choices[value]:
            return self.words.text("advice.met" if value == next(iter(domain.choices)) else "advice.unmet")
        said = self.speech.value(domain, value)
        if domain.type == "string" or (domain.type == "choice" and domain.choices[value]):
            return said
        if len(self.decision.outputs) == 1 and not output.title:
            if domain.type == "choice":  # one without a text says little by itself
                return self.words.text("advice.value", title=readable(output.name), value=said)
            return f"{said[:1].upper()}{said[1:]}"
        title = self.texts.fill(output.title) or _titled(output.name)
        return self.words.text("advice.value", title=title, value=said)

    # why

    def reasons(self) -> list[AdviceReason]:
        """Return why the answer is what it is, what matters most first."""
        if HIT_POLICIES[self.decision.hit].gives != "answer" or self.outcome.status == "no_match":
            return []
        explanation = self.outcome.explain()
        behind = {other.decision: other for other in explanation.decisions}
        sources = _FactSources(self.model, behind)
        fired = [rule for rule in explanation.rules if rule.status == "fired" and self.gives_the_answer(rule)]
        if fired:
            return self.rule_reasons(fired, sources)
        return self.calm_reasons(explanation, sources) if self.outcome.status == "decided" else []

    def gives_the_answer(self, step: RuleStep) -> bool:
        """Return whether a rule gives a value that remains; of values that are calculated, each rule does."""
        rule = next(rule for rule in self.decision.rules if rule.id == step.id)
        choices = {output.name for output in self.decision.outputs if output.domain.type == "choice"}
        return any(
            name not in choices or any(answer.get(name) == value for answer in self.outcome.possible)
            for name, value in rule.then
        )

    def rule_reasons(self, rules: list[RuleStep], sources: _FactSources) -> list[AdviceReason]:
        """Return a reason for each rule; facts that were said before are not said again."""
        said: set[str] = set()
        found: list[AdviceReason] = []
        for rule in rules:
            facts = [text for text in self.said(sources.of_rule(rule)) if text not in said][:_MOST_FACTS]
            said.update(facts)
            if facts or rule.because:
                found.append(AdviceReason(tuple(facts), rule.because))
        return list(dict.fromkeys(found))

    def calm_reasons(self, explanation: Explanation, sources: _FactSources) -> list[AdviceReason]:
        """Return one fact for each rule that does not apply, from the first rule on, and that nothing else does."""
        said: dict[str, None] = {}
        for rule in [rule for rule in explanation.rules if rule.status == "not_fired"]:
            new = [text for text in self.said(sources.of_rule(rule)) if text not in said]
            said |= dict.fromkeys(new[:1])
        listed = [AdviceReason((text,)) for text in list(said)[:_MOST_REASONS]]
        if len(said) <= _MOST_REASONS or not listed:
            return listed
        return [*listed[:-1], AdviceReason(because=self.words.text("advice.nothing_else"))]

    def said(self, names: Iterable[str]) -> Iterator[str]:
        """Yield what is known of facts, in words."""
        for name in names:
            known = self.texts.facts.given.get(name) if self.texts.facts else None
            if known is not None:
                yield self.speech.fact(name, known)

    # what else is advised

    def items(self) -> Iterator[AdvisedItem]:
        for item in self.outcome.items:
            if item.certainty != "excluded":
                texts, amounts = self.item_words(item.outputs)
                because = self.texts.fill_again(item.because)
                yield AdvisedItem(texts, amounts, because, certain=item.certainty == "certain")
        for criterion in self.outcome.criteria:
            if criterion.status == "unmet":
                yield AdvisedItem(criterion.unmet or criterion.title or _titled(criterion.id))
        for limit in self.outcome.limits:
            yield from self.limit_words(limit)

    def item_words(self, values: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        """Return the words and the amounts of an item; the two ends of a range are one amount."""
        texts: list[str] = []
        amounts: list[str] = []
        for output in self.decision.outputs:
            name = output.name
            if name not in values or (name.endswith(_MOST) and name.removesuffix(_MOST) + _LEAST in values):
                continue
            if output.domain.type in ("string", "choice"):
                texts.append(self.speech.value(output.domain, values[name]))
            else:
                amounts.append(self.amount_words(output, values))
        return " ".join(map(sentence, texts)) or self.texts.fill(self.decision.title), tuple(amounts)

    def amount_words(self, output: Output, values: Mapping[str, Any]) -> str:
        stem = output.name.removesuffix(_LEAST)
        most = values.get(stem + _MOST) if stem != output.name else None
        value = self.speech.value(output.domain, values[output.name])
        if most is not None:
            low = self.speech.value(attrs.evolve(output.domain, unit="", unit_words=()), values[output.name])
            value = self.words.text("advice.range", lowest=low, highest=self.speech.value(output.domain, most))
        said = self.speech.said(output.say, output.domain, values[output.name], value)
        if said:
            return said
        if output.title and most is None:
            return self.words.text("advice.value", title=self.texts.fill(output.title), value=value)
        unit = (output.domain.unit, *output.domain.unit_words)
        return value if any(part and part in value for part in unit) else f"{readable(output.name)} {value}"

    def limit_words(self, limit: Limit) -> Iterator[AdvisedItem]:
        """Yield a limit on one quantity; nothing where there is none."""
        domain = self.decision.output(limit.quantity).domain
        sides = {"at_least": limit.at_least, "at_most": limit.at_most}
        bounds = {side: end for side, end in sides.items() if end is not None}
        if not bounds:
            return
        both = amount_text(bounds, domain, self.words)
        refs = dict(self.decision.quantities)
        fact = self.model.facts.get(refs[limit.quantity].name)
        title = self.texts.fill(fact.ask if fact else limit.title) or _titled(limit.quantity)
        rules = [rule for rule in self.decision.rules if rule.id in limit.set_by]
        reasons = list(dict.fromkeys(self.texts.fill(rule.because) for rule in rules if rule.because))
        verdict = self.words.text(f"advice.limit.{limit.verdict}") if limit.verdict else ""
        text = f"{title} {sentence(both)}" if fact else self.words.text("advice.value", title=title, value=both)
        yield AdvisedItem(text, because=" ".join(filter(None, (verdict, *reasons))))


@attrs.frozen
class _FactSources(ValueObject):
    """Finds the facts that a rule applies for, or does not, through the decisions and derived facts behind it."""

    model: Model
    behind: Mapping[str, Explanation]

    def of_rule(self, rule: RuleStep) -> list[str]:
        names: dict[str, None] = {}
        condition = rule.condition
        subjects = list(_subjects(condition, condition.truth, exceptions=False))
        for subject in subjects or _subjects(condition, condition.truth, exceptions=True):
            names |= dict.fromkeys(self.of_subject(subject))
        return list(names)

    def of_subject(self, subject: str) -> Iterator[str]:
        if subject in self.model.facts:
            yield subject
            return
        if subject in self.model.derived:
            refs = reach(self.model, self.model.derived[subject].refs())
            for name in [str(ref) for ref in refs if ref.kind != "derived"]:
                yield from self.of_subject(name)
            return
        explanation = self.behind[subject.partition(".")[0]]
        fired = [rule for rule in explanation.rules if rule.status == "fired"]
        for rule in fired or [rule for rule in explanation.rules if rule.status == "not_fired"]:
            yield from self.of_rule(rule)


def _subjects(step: ConditionStep, truth: Truth, *, exceptions: bool) -> Iterator[str]:
    """Yield what a condition tests that makes it what it is; of several tests of which one is enough, the first.

    `exceptions`: also what only keeps an exception from applying.
    """
    if not step.parts:
        yield from filter(None, [step.subject])
        return
    alike = [part for part in step.parts if step.text == "not" or step.subject or part.truth is truth]
    if step.text == "all of" and truth is False:
        alike = alike[:1]
    for part in alike:
        is_exception = bool(part.subject and part.parts) and part.truth is True and part.parts[0].truth is False
        if exceptions or not is_exception:
            yield from _subjects(part, part.truth, exceptions=exceptions)


def _titled(name: str) -> str:
    words = readable(name)
    return f"{words[0].upper()}{words[1:]}"
