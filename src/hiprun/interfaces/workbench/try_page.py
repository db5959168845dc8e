"""*Try*: a patient by form or from a case, the answer, the rules that give it, and what would lead elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from hiprun.catalogue import Catalogue
from hiprun.errors import HiprunError, Problem
from hiprun.inference.explanation import RuleStep
from hiprun.inference.outcome import Outcome
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench import fact_fields, pack_edits
from hiprun.interfaces.workbench.context import Context, to
from hiprun.interfaces.workbench.problem_words import plain_words
from hiprun.interfaces.workbench.session import EditError
from hiprun.model import Decision
from hiprun.pack import Pack
from hiprun.verification.witness_text import expectation
from hiprun.workspace.additions import add_case

_MOST_WAYS = 3


@attrs.frozen
class Tried:
    """A patient that somebody tries: the decision, whom they start from, and what the fields hold."""

    decision: str
    start: str
    facts: Mapping[str, Any]
    typed: Mapping[str, Sequence[str]]
    errors: Mapping[str, str]
    wanted: str


def try_page(context: Context, request: PageRequest) -> PageReply:
    """Show the form, and the answer for what it holds."""
    pack = context.pack_to_read
    if pack is None:
        return context.refused(context.state.current.problems, "try")
    tried = _tried(pack, request, context.words)
    shown = _shown(pack, tried, context.words)
    return context.page("try.html", "try", pack=pack, **shown, keep=_keep_values(context, pack, tried))


def keep_case(context: Context, request: PageRequest) -> PageReply:
    """Add the patient that was tried as a case."""
    pack = context.pack
    if pack is None:
        return context.refused(context.state.current.problems, "try")
    tried = _tried(pack, request, context.words)
    if tried.errors:
        raise EditError([Problem("wrong-facts", "Some answers cannot be read.", help="Correct them first.")])
    patient = tried.start.removeprefix("patient:") if tried.start.startswith("patient:") else ""
    outcome = pack.decide(tried.decision, tried.facts)
    id_ = request.field("id").strip() or "new-case"
    entry = pack_edits.case_entry(
        id_,
        request.field("title").strip(),
        patient,
        pack.model.patients.get(patient, {}),
        tried.facts,
        {tried.decision: expectation(outcome)},
    )
    workspace = context.state.current
    file = request.field("file")
    if file not in workspace.texts:
        raise EditError([Problem("no-such-file", "There is no such file of cases.")])
    context.session.edit(add_case(workspace, entry, file), context.words.text("workbench.done.case", name=id_))
    return to("/effect")


def _tried(pack: Pack, request: PageRequest, words: Catalogue) -> Tried:
    fields = {**request.query, **request.fields}

    def first(name: str, default: str = "") -> str:
        return next(iter(fields.get(name, ())), default)

    if not pack.decisions:
        message = "These rules decide nothing yet."
        raise EditError([Problem("no-decisions", message, help="Add a file with a decision first.")])
    decision = first("decision") if first("decision") in pack.decisions else next(iter(pack.model.offered))
    start = first("start")
    typed = fact_fields.typed_in(fields, pack.facts)
    if first("load"):
        typed = fact_fields.typed_facts(pack, _start_facts(pack, start))
    facts, errors = fact_fields.read_fields(pack, typed, words)
    return Tried(decision, start, facts, typed, errors, first("wanted"))


def _start_facts(pack: Pack, start: str) -> Mapping[str, Any]:
    kind, _, name = start.partition(":")
    if kind == "patient":
        return pack.model.patients.get(name, {})
    return next((example.facts for example in pack.model.examples if example.id == name), {})


def _shown(pack: Pack, tried: Tried, words: Catalogue) -> dict[str, Any]:
    names = fact_fields.concerned(pack.model, tried.decision)
    others = [name for name in tried.typed if name not in names]
    outcome = None if "" in tried.errors else pack.decide(tried.decision, tried.facts)
    decision = pack.decisions[tried.decision]
    return {
        "tried": tried,
        "decision": decision,
        "fields": fact_fields.fact_fields(pack, names, tried.typed, tried.errors, words),
        "others": fact_fields.fact_fields(pack, others, tried.typed, tried.errors, words),
        "outcome": outcome,
        "mistake": tried.errors.get("", ""),
        "rules": _rules(outcome),
        "wishes": _wishes(decision),
        **_ways(pack, tried, outcome, words),
    }


def _rules(outcome: Outcome | None) -> dict[str, list[RuleStep]]:
    """Return the rules by what became of them: those that fired first."""
    steps = outcome.explain().rules if outcome is not None else ()
    return {
        "fired": [step for step in steps if step.status == "fired"],
        "open": [step for step in steps if step.status == "unknown"],
        "others": [step for step in steps if step.status in ("not_fired", "overruled")],
    }


def _wishes(decision: Decision) -> list[tuple[str, str]]:
    """Return the answers that can be wished for, as `output=choice` and in words."""
    return [
        (f"{output.name}={choice}", f"{output.title or output.name}: {words or choice}")
        for output in decision.outputs
        for choice, words in output.domain.choices.items()
    ]


def _ways(pack: Pack, tried: Tried, outcome: Outcome | None, words: Catalogue) -> dict[str, Any]:
    output, equals, choice = tried.wanted.partition("=")
    if outcome is None or not equals:
        return {"ways": None, "why_not": (), "no_ways": ""}
    try:
        ways = pack.ways_to(tried.decision, {output: choice}, tried.facts, most=_MOST_WAYS)
        steps = outcome.why_not(**{output: choice})
    except HiprunError as error:
        return {"ways": None, "why_not": (), "no_ways": " ".join(plain_words(each, words) for each in error.problems)}
    changes = [
        [(*fact_fields.fact_words(pack, change.fact, change.to, words), change.fact) for change in way.changes]
        for way in ways
    ]
    return {"ways": changes, "ways_exact": ways.exact, "why_not": steps, "no_ways": ""}


def _keep_values(context: Context, pack: Pack, tried: Tried) -> dict[str, Any]:
    files = pack_edits.files_of(context.state.current, "cases")
    known = {example.id for example in pack.model.examples}
    number = next(number for number in range(1, len(known) + 2) if f"{_slug(tried.decision)}-{number}" not in known)
    return {"files": files, "id": f"{_slug(tried.decision)}-{number}"}


def _slug(name: str) -> str:
    return name.replace("_", "-")
