"""Case generation: from what a case should show to a patient for whom it holds, described as briefly as possible."""

from __future__ import annotations

from hiprun.testing.case_generation.case_draft import CaseDraft, expectation, minimized, unused_id
from hiprun.testing.case_generation.patient_query import existence_query
from hiprun.testing.case_generation.patient_search import FoundPatient, PatientSearch

__all__ = ["CaseDraft", "FoundPatient", "PatientSearch", "existence_query", "expectation", "minimized", "unused_id"]
