"""How long and where Hypothesis looks: always in the same places, or with HYPOTHESIS_PROFILE=search in new ones.

HIPRUN_EXAMPLES=10 looks at ten times as many.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from ..examples import examples

_SLOW = [HealthCheck.too_slow]

settings.register_profile(
    "steady", max_examples=examples(60), deadline=None, derandomize=True, suppress_health_check=_SLOW
)
settings.register_profile("search", max_examples=2000, deadline=None, print_blob=True, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
