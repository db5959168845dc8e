"""A plan as a picture."""

from hiprun.plan.schedule import Schedule


def svg(schedule: Schedule) -> str:
    """Return."""
    return ""
