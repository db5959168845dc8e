"""A service over HTTP: decisions, interviews, plans, FHIR and CDS Hooks for programs in any language."""

from __future__ import annotations

from hiprun.errors import MissingExtraError, Problem

try:
    from hiprun.interfaces.service.application import Recorder, ServiceLimits, service
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "starlette":
        raise
    help = 'Install it with: pip install "hiprun[serve]"'
    raise MissingExtraError([Problem("missing-extra", "The service needs the package starlette.", help=help)]) from None
from hiprun.interfaces.service.openapi import openapi
from hiprun.interfaces.service.published_pack import PublishedPack, published

__all__ = ["PublishedPack", "Recorder", "ServiceLimits", "openapi", "published", "service"]
