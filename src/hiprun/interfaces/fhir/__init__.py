"""FHIR, made from a pack: Questionnaire and its responses, GuidanceResponse and CarePlan. Plain data for JSON."""

from hiprun.interfaces.fhir.care_plan import care_plan
from hiprun.interfaces.fhir.guidance import guidance, operation_outcome, refused
from hiprun.interfaces.fhir.interview import first_response, next_question
from hiprun.interfaces.fhir.publication import BASE, Publication, Release, Resource
from hiprun.interfaces.fhir.questionnaire import questionnaire
from hiprun.interfaces.fhir.response import read_response, response

__all__ = [
    "BASE",
    "Publication",
    "Release",
    "Resource",
    "care_plan",
    "first_response",
    "guidance",
    "next_question",
    "operation_outcome",
    "questionnaire",
    "read_response",
    "refused",
    "response",
]
