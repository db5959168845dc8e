"""What a language model can ask of a pack, and what it is told: tools as plain data, whoever carries them.

A model that does not know something must leave it out: then it stays unknown, and the answer stays careful. So every
description says it, and every answer lists the facts that it relied on, for the model to read back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from hiprun.errors import HiprunError, Problem, did_you_mean
from hiprun.inference.conclusion import Limit
from hiprun.inference.facts import shown
from hiprun.inference.interview import Question
from hiprun.inference.outcome import Outcome
from hiprun.model import Fact
from hiprun.model.value_conversion import plain, public
from hiprun.pack import Pack

_MOST_ASKED = 5
_LONGEST_NAME = 100
_LEAVE_OUT = (
    "Only what the person has said, by the names of facts. Leave out everything they have not said: do not guess, do "
    "not infer, and do not turn silence into no. What is left out stays unknown, and the answer stays careful."
)
_DECISION = {"type": "string", "description": "The name of the decision."}
_FACTS = {"type": "object", "additionalProperties": True, "description": _LEAVE_OUT}
_NOT_KNOWN = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Names of facts that the person was asked for and does not know. They are not asked again.",
}
_STATUS = {
    "decided": "The answer is certain, whatever is still unknown.",
    "undetermined": "Facts that are not known can still change the answer. Until then, act on `safest`, and ask.",
    "no_match": "The rules have no answer for these facts. Say so, and do not make one up.",
    "conflict": "The rules contradict each other for these facts. Say so, and do not choose one of the answers.",
}


@attrs.frozen
class Tool:
    """A tool: its name, what a model should know about it, and the JSON Schema of its arguments."""

    name: str
    description: str
    schema: Mapping[str, Any] = attrs.field(hash=False)


@attrs.frozen
class Result:
    """What a tool gives: data, and whether it is about a mistake in the call."""

    data: Mapping[str, Any] = attrs.field(hash=False)
    is_error: bool = False


@attrs.frozen
class PackTools:
    """The tools of one pack. Keeps nothing between two calls."""

    pack: Pack

    @property
    def instructions(self) -> str:
        """What a model should know before it uses the tools."""
        offered = "; ".join(f"{name}: {self.pack.decisions[name].title}" for name in self.pack.model.offered)
        return (
            f"{self.pack.title}. {self.pack.notice}\nDecisions: {offered}.\nThe rules decide, not you: pass on what "
            "they say, with the notice. Ask the person with `next_question` instead of guessing facts, and read back "
            "the facts that an answer relied on."
        )

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools, in the order in which a model needs them."""
        return (
            Tool(
                "what_can_be_known",
                "List the facts that can matter to a decision, the most decisive first, each with its question, type, "
                "choices and unit. Use the names exactly as they are.",
                _schema(decision=_DECISION),
            ),
            Tool(
                "next_question",
                "Return the one question to ask the person next, or say that nothing more has to be asked. Ask it in "
                "the words that are given, and add the answer to `facts` only if the person gave one.",
                _schema(decision=_DECISION, facts=_FACTS, not_known=_NOT_KNOWN),
            ),
            Tool(
                "decide",
                "Decide on what is known. If the status is `undetermined`, the answer is not certain: `safest` is what "
                "to act on, and `still_needed` what to ask. Read `relied_on` back to the person.",
                _schema(decision=_DECISION, facts=_FACTS),
            ),
            Tool(
                "explain",
                "Say why: the rules that apply and those that do not, with their reasons and sources.",
                _schema(decision=_DECISION, facts=_FACTS),
            ),
        )

    def call(self, name: str, arguments: Mapping[str, Any] | None) -> Result:
        """Return what a tool gives; mistakes of the caller are results that say what to do instead."""
        calls: dict[str, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
            "what_can_be_known": lambda decision, _: self._known(decision),
            "next_question": self._next_question,
            "decide": lambda decision, given: self._decided(self.pack.decide(decision, self._facts(given))),
            "explain": lambda decision, given: self._explained(self.pack.decide(decision, self._facts(given))),
        }
        given = arguments or {}
        try:
            if name not in calls:
                raise _mistake("unknown-tool", f"{shown(name)} is not a tool.", did_you_mean(str(name), calls))
            known = next(tool.schema["properties"] for tool in self.tools if tool.name == name)
            for argument in given:
                if argument not in known:
                    message = f"{shown(argument)} is not an argument of `{name}`."
                    raise _mistake("unknown-argument", message, did_you_mean(str(argument), known))
            decision = given.get("decision")
            if not isinstance(decision, str) or decision not in self.pack.decisions:
                message = f"{shown(decision)} is not a decision of this pack."
                alone = decision[0] if isinstance(decision, list) and decision else decision
                nearest = did_you_mean(alone if isinstance(alone, str) else "", self.pack.model.offered)
                raise _mistake("unknown-decision", message, nearest)
            return Result({**calls[name](decision, given), **self._source()})
        except HiprunError as error:
            problems = list(map(_problem_data, error.problems))
            said = "Nothing was decided. Correct the call, or ask the person; do not replace what is wrong by a guess."
            return Result({"status": "refused", "meaning": said, "problems": problems, **self._source()}, is_error=True)

    def _facts(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the facts of a call, which may be texts as people say them, or raise every problem of them."""
        facts = given.get("facts")
        reading = self.pack.read({} if facts is None else facts)
        if reading.problems:
            raise HiprunError(reading.problems)
        return reading.facts

    def _source(self) -> dict[str, Any]:
        source = self.pack.provenance.to_dict()
        return {"rules": source, "notice": self.pack.notice}

    def _known(self, decision: str) -> dict[str, Any]:
        needs = self.pack.decide(decision, {}).needs
        title = self.pack.decisions[decision].title
        return {"decision": decision, "title": title, "facts": [_fact_data(self.pack.facts[name]) for name in needs]}

    def _next_question(self, decision: str, given: Mapping[str, Any]) -> dict[str, Any]:
        not_known = given.get("not_known") or []
        if not isinstance(not_known, list) or not all(isinstance(name, str) for name in not_known):
            raise _mistake("bad-answer", "`not_known` must be a list of names of facts.", "")
        for name in not_known:
            if name not in self.pack.facts:
                message = f"{shown(name)} is not a fact of this pack."
                raise _mistake("unknown-fact", message, did_you_mean(name, self.pack.facts))
        step = self.pack.interview(decision).step(self._facts(given), not_known)
        asked = None if step.question is None else _question_data(step.question)
        return {"done": step.done, "question": asked, "most_left": step.most_left, **self._decided(step.outcome)}

    def _decided(self, outcome: Outcome) -> dict[str, Any]:
        data: dict[str, Any] = {
            "decision": outcome.decision,
            "status": outcome.status,
            "meaning": _STATUS[outcome.status],
        }
        first = self.pack.first_words(outcome.facts)
        if first is not None:
            data["say_first"] = {"words": first.words, "because": list(first.because)}
        if outcome.status == "decided":
            data["answer"] = self._words(outcome)
        else:
            data["safest"] = {
                name: {"value": plain(value), "words": outcome.label(name, value)}
                for name, value in outcome.safest.items()
            }
        data["still_needed"] = [
            {"fact": name, "ask": self.pack.facts[name].ask} for name in outcome.needs[:_MOST_ASKED]
        ]
        data["still_needed_in_all"] = len(outcome.needs)
        data["relied_on"] = [
            {"fact": name, "ask": self.pack.facts[name].ask, "value": plain(value)}
            for name, value in outcome.facts.items()
        ]
        return data

    def _words(self, outcome: Outcome) -> dict[str, Any]:
        outputs = [output.name for output in self.pack.decisions[outcome.decision].outputs]
        values = {name: outcome.get(name) for name in outputs}
        return {
            name: {"value": value.to_dict() if isinstance(value, Limit) else plain(value), "words": outcome.label(name)}
            for name, value in values.items()
            if value is not None
        }

    def _explained(self, outcome: Outcome) -> dict[str, Any]:
        return {**self._decided(outcome), "explanation": str(outcome.explain())}


def _schema(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name != "not_known"],
        "additionalProperties": False,
    }


def _mistake(code: str, message: str, help: str) -> HiprunError:
    return HiprunError([Problem(code, message, help=help)])


def _problem_data(problem: Problem) -> dict[str, str]:
    # a name that a caller made up may hold what no text can be sent with; in the message it is shown with care
    fact = problem.subject if problem.subject.isprintable() and len(problem.subject) <= _LONGEST_NAME else ""
    return {"code": problem.code, "fact": fact, "message": problem.message, "help": problem.help}


def _fact_data(fact: Fact) -> dict[str, Any]:
    domain = fact.domain
    ends = {"lowest": domain.lowest, "highest": domain.highest}
    data: dict[str, Any] = {"fact": fact.name, "ask": fact.ask, "type": domain.type}
    if domain.choices:
        data["choices"] = dict(domain.choices)
    if domain.unit:
        data["unit"] = domain.unit
    return data | {name: plain(public(domain, end)) for name, end in ends.items() if end is not None}


def _question_data(question: Question) -> dict[str, Any]:
    kept = ("fact", "ask", "type", "choices", "unit", "lowest", "highest", "because")
    return {name: value for name, value in question.to_dict().items() if name in kept and value not in (None, "", {})}
