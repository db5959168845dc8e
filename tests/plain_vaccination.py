"""The vaccination schedule once more, in the plainest words, with months counted by dateutil."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from dateutil.relativedelta import relativedelta

Due = tuple[int, datetime.date]


def _after(day: datetime.date, **span: int) -> datetime.date:
    return day + relativedelta(**span)  # type: ignore[arg-type]


def hepatitis_b(facts: Mapping[str, Any]) -> Due | None:
    """Return the next dose, and when it is due; None where there is none."""
    born, today, doses = facts["born_on"], facts["today"], facts["hepatitis_b_doses"]
    if doses == 0:
        return 1, today
    first = facts["hepatitis_b_first"]
    if doses == 1:
        return 2, max(_after(born, months=1), _after(first, weeks=4), today)
    if doses == 2:
        second = facts["hepatitis_b_second"]
        return 3, max(_after(born, months=6), _after(second, weeks=8), _after(first, weeks=16), today)
    return None


def dtap(facts: Mapping[str, Any]) -> Due | None:
    """Return the next dose, and when it is due; None where there is none."""
    born, today, doses = facts["born_on"], facts["today"], facts["dtap_doses"]
    if doses == 0:
        return 1, max(_after(born, months=2), today)
    latest = facts["dtap_latest"]
    if doses == 5 or (doses == 4 and latest >= _after(born, years=4)):
        return None
    age = [{"months": 4}, {"months": 6}, {"months": 15}, {"years": 4}][doses - 1]
    interval = {"weeks": 4} if doses < 3 else {"months": 6}
    return doses + 1, max(_after(born, **age), _after(latest, **interval), today)


def mmr(facts: Mapping[str, Any]) -> Due | None:
    """Return the next dose, and when it is due; None where there is none."""
    born, today, doses = facts["born_on"], facts["today"], facts["mmr_doses"]
    if doses == 0:
        return 1, max(_after(born, years=1), today)
    return (2, max(_after(born, years=4), _after(facts["mmr_first"], weeks=4), today)) if doses == 1 else None
