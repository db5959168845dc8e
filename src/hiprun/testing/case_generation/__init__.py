"""Case generation: from what a case should show to a patient for whom it holds, described as briefly as possible."""

from __future__ import annotations

from hiprun.testing.case_generation.case_draft import (
    MINIMIZING_BUDGET,
    CaseDraft,
    expectation,
    minimized,
    unused_id,
)
from hiprun.testing.case_generation.patient_query import existence_query, probe
from hiprun.testing.case_generation.patient_search import FoundPatient, PatientSearch

__all__ = [
    "MINIMIZING_BUDGET",
    "CaseDraft",
    "FoundPatient",
    "PatientSearch",
    "existence_query",
    "expectation",
    "minimized",
    "probe",
    "unused_id",
]
