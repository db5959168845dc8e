"""The service does what its description says: Schemathesis sends what the description allows, and what it does not."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings

from hiprun.interfaces.service import published, service

from .sensors import small_pack

REFUSED = ["400", "401", "403", "404", "405", "406", "409", "412", "415", "422", "428", "429", "5xx"]
"""Statuses that refuse what is not as described: those of Schemathesis, and 412, which CDS Hooks asks for."""

DESCRIPTION = schemathesis.openapi.from_asgi(
    "/openapi.json",
    service(published([small_pack()])),
    config=schemathesis.Config.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}}),
)


@DESCRIPTION.parametrize()
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_schemathesis_finds_nothing(case: schemathesis.Case) -> None:
    """There is no fault, no reply that is not described, nothing wrong that is accepted, nothing right that is not."""
    case.call_and_validate()
