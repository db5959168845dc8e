"""A dated plan as a FHIR CarePlan (R4): its sessions as activities, its milestones as goals."""

from __future__ import annotations

from collections.abc import Iterator

from hiprun.errors import HiprunError, Problem, UndecidedError
from hiprun.interfaces.fhir.publication import Publication, Resource
from hiprun.plan import Day, Milestone, Plan
from hiprun.plan.opening import opening_text


def care_plan(publication: Publication, plan: Plan, *, subject: str) -> Resource:
    """Return a plan as a CarePlan for a patient, whom `subject` refers to, such as `Patient/1`.

    Every day that has a session is an activity, and every milestone with a date is a contained goal. A plan that stops
    says why in its note. Raises `UndecidedError` if no plan can be made.
    """
    if publication.release != "R4":
        help = "Ask for R4: an activity of R5 is a resource of its own."
        raise HiprunError([Problem("no-such-release", "Plans are published in FHIR R4 only.", help=help)])
    if not plan.days:
        help = f"Still needed: {', '.join(plan.needs)}." if plan.needs else ""
        raise UndecidedError(
            [Problem("no-plan", "There is no plan: facts are missing, or rules contradict each other.", help=help)]
        )
    goals = [_goal(entry, plan, number, subject) for number, entry in enumerate(plan.milestones, 1) if entry.date]
    activities = [_activity(publication, plan, day) for day in plan.sessions]
    notes = list(_notes(publication, plan))
    return {
        "resourceType": "CarePlan",
        **({"contained": goals} if goals else {}),
        "identifier": publication.identifiers(),
        "instantiatesCanonical": [publication.canonical("PlanDefinition", plan.stages.name)],
        "status": "draft",
        "intent": "proposal",
        "title": plan.title or plan.stages.name,
        "subject": {"reference": subject},
        "period": {"start": plan.start.isoformat(), "end": plan.end.isoformat()},
        **({"goal": [{"reference": f"#{goal['id']}"} for goal in goals]} if goals else {}),
        **({"activity": activities} if activities else {}),
        **({"note": [{"text": text} for text in notes]} if notes else {}),
    }


def _notes(publication: Publication, plan: Plan) -> Iterator[str]:
    voice = plan.voice()
    first = opening_text(plan, voice)
    if first:
        yield first
    for entry in plan.supposed:
        yield f"{voice.words.text('plan.assumed')} {entry.date} {voice.assumption(entry)}"
    if publication.pack.notice:
        yield publication.pack.notice


def _goal(milestone: Milestone, plan: Plan, number: int, subject: str) -> Resource:
    due = milestone.date or plan.end
    return {
        "resourceType": "Goal",
        "id": f"milestone-{number}",
        "lifecycleStatus": "proposed",
        "description": {"text": milestone.title or milestone.stage},
        "subject": {"reference": subject},
        "target": [{"dueDate": due.isoformat()}],
    }


def _activity(publication: Publication, plan: Plan, day: Day) -> Resource:
    stages = plan.stages
    stage = next(stage for stage in stages.stages if stage.name == day.stage)
    date = day.date.isoformat()
    said = (plan.voice().amounts(day.amounts), stage.title, stage.how)
    return {
        "detail": {
            "instantiatesCanonical": [publication.canonical("ActivityDefinition", f"{stages.name}/{day.stage}")],
            "code": {"text": stages.activities[day.activity] or day.activity.replace("_", " ")},
            "status": "not-started",
            "scheduledPeriod": {"start": date, "end": date},
            "description": ". ".join(filter(None, (text.rstrip(".") for text in said))) + ".",
        }
    }
