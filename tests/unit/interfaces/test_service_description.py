"""The service does what its description says: Schemathesis sends what the description allows, and what it does not."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings

from hiprun.interfaces.service import published, service

from .sensors import small_pack

DESCRIPTION = schemathesis.openapi.from_asgi("/openapi.json", service(published([small_pack()])))


@DESCRIPTION.parametrize()
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_schemathesis_finds_nothing(case: schemathesis.Case) -> None:
    """There is no fault, no reply that is not described, nothing wrong that is accepted, nothing right that is not."""
    case.call_and_validate()
