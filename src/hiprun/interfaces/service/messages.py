"""Requests and replies of the service as values, and problems as RFC 9457 describes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs

from hiprun.errors import HiprunError, Problem
from hiprun.inference.outcome import Outcome

Data: TypeAlias = dict[str, Any]

JSON = "application/json"
FHIR_JSON = "application/fhir+json"
PROBLEM_JSON = "application/problem+json"
PROBLEMS = "https://hiprun.dev/problems"

_TITLES = {
    400: "The request cannot be read",
    404: "There is no such thing here",
    405: "This cannot be done here",
    408: "The request took too long to arrive",
    409: "The request contradicts the rules, or itself",
    412: "A condition of the request does not hold",
    413: "The request is too large",
    415: "The request is not JSON",
    421: "The request is for another host",
    422: "The request does not say what is expected",
    500: "The service is at fault",
    503: "The service is busy",
}


@attrs.frozen
class Reply:
    """What an operation answers: `data` for JSON or a text, and the `outcomes` that are in it."""

    data: Any
    status: int = 200
    media_type: str = JSON
    outcomes: tuple[Outcome, ...] = ()
    headers: Mapping[str, str] = attrs.field(factory=dict, hash=False)

    @property
    def content(self) -> bytes:
        """The bytes to send."""
        return self.data.encode() if isinstance(self.data, str) else json.dumps(self.data).encode()


class RequestError(HiprunError):
    """A request that cannot be answered; `status` is that of the reply."""

    def __init__(self, status: int, problems: Iterable[Problem]) -> None:
        self.status = status
        super().__init__(problems)


def refused(status: int, code: str, message: str, help: str = "") -> RequestError:
    """Return the error for a request with one problem."""
    return RequestError(status, [Problem(code, message, help=help)])


def problem_reply(status: int, problems: Iterable[Problem]) -> Reply:
    """Return a reply that says what is wrong, with every problem; its `type` is that of the first."""
    listed = [
        {key: value for key, value in (problem.to_dict() | {"subject": problem.subject}).items() if value}
        for problem in problems
    ]
    code, detail = (listed[0]["code"], listed[0]["message"]) if listed else ("fault", _TITLES[status])
    data = {
        "type": f"{PROBLEMS}/{code}",
        "title": _TITLES[status],
        "status": status,
        "detail": detail,
        "problems": listed,
    }
    return Reply(data, status, PROBLEM_JSON)
