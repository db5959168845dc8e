"""*What it does*: what a change does to cases, to patients and to proofs, before it is saved; and saving it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from hiprun.errors import Problem
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench import pack_edits
from hiprun.interfaces.workbench.answer_changes import comparison_values
from hiprun.interfaces.workbench.context import Context, to
from hiprun.interfaces.workbench.proposals import EFFECT
from hiprun.interfaces.workbench.rule_form import read_text, value_text
from hiprun.interfaces.workbench.session import EditError
from hiprun.verification.cases import CaseResult
from hiprun.verification.claims import Claim
from hiprun.verification.effect_on_cases import EffectOnCases
from hiprun.verification.failure_causes import FailureCause
from hiprun.workspace import Fix, Workspace

_MOST_CASES = 12


@attrs.frozen
class FailedCase:
    """A case that fails, how, and whether what came out can take the place of what it expects."""

    result: CaseResult
    can_accept: bool

    @property
    def failures(self) -> Iterator[str]:
        """What differs, each in one line; of long lists only what differs in them."""
        for failure in self.result.failures:
            rest = failure.headline.partition("\n")[2].strip()
            yield f"{failure.decision}.{failure.what}: {rest}" if rest and failure.decision else failure.headline


@attrs.frozen
class CauseView:
    """A cause with its first cases, how many more there are, and whether all of them can take what came out."""

    cause: FailureCause
    cases: Sequence[FailedCase]
    more: int
    can_accept: bool


def effect_page(context: Context, request: PageRequest) -> PageReply:
    """Show what the unsaved changes do."""
    state = context.state
    effect = context.effects.cases(state.saved, state.current)
    context.effects.job(state.saved, state.current, start=state.changed)
    return context.page(
        "effect.html",
        "effect",
        effect=effect,
        causes=_causes(state.current, effect),
        fixes=_fixes(state.current),
        summary=context.session.summary,
        **_job_values(context),
    )


def progress(context: Context, request: PageRequest) -> PageReply:
    """Return the part of the page that says what the change does to everyone, as far as that is known."""
    values = {"pack": context.pack, **_job_values(context)}
    return PageReply(context.templates.render("everyone.html", **values))


def _job_values(context: Context) -> dict[str, Any]:
    state = context.state
    job = context.effects.job(state.saved, state.current, start=False) if state.changed else None
    known = context.effects.cases_are_current(state.saved, state.current)
    values = comparison_values(state.current.pack, job.state if job else None, EFFECT, context.words)
    return values | {"cases_are_current": known, "exceptions": lambda claim: _exceptions(state.current, claim)}


def _causes(workspace: Workspace, effect: EffectOnCases | None) -> list[CauseView]:
    views = []
    for cause in effect.causes if effect else ():
        cases = [FailedCase(result, pack_edits.can_accept(workspace, result)) for result in cause.results[:_MOST_CASES]]
        all_of_them = all(pack_edits.can_accept(workspace, result) for result in cause.results)
        views.append(CauseView(cause, cases, max(0, len(cause.results) - _MOST_CASES), all_of_them))
    return views


def _fixes(workspace: Workspace) -> list[tuple[Problem, Sequence[Fix]]]:
    return [(problem, workspace.fixes(problem)) for problem in workspace.problems[:_MOST_CASES]]


# what can be done about it


def mend(context: Context, request: PageRequest) -> PageReply:
    """Add to a patient what most of the cases lack."""
    cause, index = _cause(context, request), _index(request, "mend")
    if index >= len(cause.mends):
        raise _gone()
    chosen = cause.mends[index]
    context.session.edit(
        pack_edits.mend(context.state.current, cause, chosen),
        context.words.sentence(chosen.sentence) or chosen.sentence,
    )
    return to(EFFECT)


def accept(context: Context, request: PageRequest) -> PageReply:
    """Let cases expect what came out: one of a cause, or all of them."""
    cause, workspace = _cause(context, request), context.state.current
    wanted = request.field("case")
    results = [result for result in cause.results if not wanted or result.example.id == wanted]
    edits = pack_edits.accept(workspace, results)
    if not edits:
        raise _gone()
    key = "workbench.done.accepted" if wanted else "workbench.done.all_accepted"
    context.session.edit(edits, context.words.text(key, name=wanted, number=len(results)))
    return to(EFFECT)


def _exceptions(workspace: Workspace, claim: Claim) -> list[tuple[str, str]]:
    """Return lines that may be added to the condition of a property that is no longer proved: fact and value.

    They are the facts with a yes or no that make the difference for its example patient.
    """
    model = workspace.model
    if claim.kind != "property" or model is None or pack_edits.property_condition(workspace, claim.subject) is None:
        return []
    facts = [(name, witness.facts[name]) for witness in claim.witnesses for name in witness.matters]
    return [(name, value_text(not value)) for name, value in facts if isinstance(value, bool) and name in model.facts]


def make_exception(context: Context, request: PageRequest) -> PageReply:
    """Let a property hold only for patients with a fact."""
    name, fact, value = (request.field(field) for field in ("property", "fact", "value"))
    found = pack_edits.property_condition(context.state.current, name)
    if found is None:
        raise _gone()
    file, path = found
    edits = context.state.current.set_value(file, (*path, fact), read_text(value))
    summary = context.words.text("workbench.done.property", name=name, fact=fact, value=value)
    context.session.edit(edits, summary)
    return to(EFFECT)


def fix(context: Context, request: PageRequest) -> PageReply:
    """Mend a mistake in the way that was chosen."""
    fixes = _fixes(context.state.current)
    problem, number = _index(request, "problem"), _index(request, "fix")
    if problem >= len(fixes) or number >= len(fixes[problem][1]):
        raise _gone()
    chosen = fixes[problem][1][number]
    context.session.edit(chosen.edits, f"{context.words.sentence(chosen.title) or chosen.title}.")
    return to(EFFECT)


def _cause(context: Context, request: PageRequest) -> FailureCause:
    state = context.state
    effect = context.effects.cases(state.saved, state.current)
    index = _index(request, "cause")
    if effect is None or index >= len(effect.causes) or request.field("reason") != effect.causes[index].reason:
        raise _gone()
    return effect.causes[index]


def _index(request: PageRequest, field: str) -> int:
    typed = request.field(field)
    return int(typed) if typed.isdecimal() and len(typed) < 6 else 0


def _gone() -> EditError:
    message = "This has changed since the page was made."
    return EditError([Problem("changed-since", message, help="Look at what the change does again.")])


def stop(context: Context, request: PageRequest) -> PageReply:
    """Stop the proofs that are under way."""
    context.effects.stop()
    return to(EFFECT)


def start(context: Context, request: PageRequest) -> PageReply:
    """Start the proofs again."""
    context.effects.forget()
    return to(EFFECT)


def take_back(context: Context, request: PageRequest) -> PageReply:
    """Take back the last unsaved change, or all of them."""
    if request.field("all"):
        context.session.discard()
    else:
        context.session.take_back()
    return to(EFFECT)


def read_again(context: Context, request: PageRequest) -> PageReply:
    """Read the files again."""
    context.session.read_again()
    return to(EFFECT)


def save(context: Context, request: PageRequest) -> PageReply:
    """Save the changes; a pack in which cases fail only if that is meant."""
    state = context.state
    effect = context.effects.cases(state.saved, state.current)
    failed = len(effect.failed) if effect else 0
    if failed and not request.field("anyway"):
        message = f"{failed} case{'s' if failed > 1 else ''} would fail."
        help = "Mend them, or tick the box that says that you want to save all the same."
        raise EditError([Problem("cases-fail", message, help=help)])
    context.session.save(" ".join(request.field("title").split())[:200])
    return to("/history")


def undo(context: Context, request: PageRequest) -> PageReply:
    """Undo the last save."""
    context.session.undo_save()
    return to("/history")
