"""A pack as the service offers it: its path, its schema and its version of everything, worked out once."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from hiprun.errors import HiprunError, Problem
from hiprun.interfaces import cds_hooks
from hiprun.interfaces.fhir import BASE, Publication
from hiprun.language.published_schemas import schema
from hiprun.pack import Pack
from hiprun.version import VERSION


@attrs.define(eq=False, slots=False)
class PublishedPack:
    """One version of a pack that the service offers."""

    pack: Pack
    publication: Publication

    @property
    def path(self) -> str:
        """Where it is, such as `/packs/greenhouse/1.0.0`."""
        return f"/packs/{self.pack.name}/{self.pack.version}"

    @property
    def key(self) -> str:
        """What tells it apart from other packs, in names of the OpenAPI document."""
        return re.sub(r"[^A-Za-z0-9.-]", "-", f"{self.pack.name}.{self.pack.version}")

    @functools.cached_property
    def etag(self) -> str:
        """What tells its content apart: the digest, settings included, and the engine."""
        return f'"{self.pack.digest}-{VERSION}"'

    @functools.cached_property
    def facts_schema(self) -> dict[str, Any]:
        """The JSON Schema of its facts."""
        return dict(self.pack.input_schema())

    @functools.cached_property
    def description(self) -> dict[str, Any]:
        """What it is about, and what it offers."""
        pack = self.pack
        return {
            "name": pack.name,
            "version": pack.version,
            "digest": pack.digest,
            "engine": VERSION,
            "settings": pack.provenance.to_dict()["settings"],
            "title": pack.title,
            "notice": pack.notice,
            "path": self.path,
            "decisions": [self._decision(name) for name in pack.decisions],
            "plans": [{"name": stages.name, "title": stages.title} for stages in pack.model.stages.values()],
        }

    @functools.cached_property
    def services(self) -> Mapping[str, dict[str, Any]]:
        """Its services for CDS Hooks, by their ids."""
        return {service["id"]: service for service in cds_hooks.services(self.publication)["services"]}

    def prepare(self) -> None:
        """Work out what the first request would have to wait for."""
        self.pack.evaluate({})
        self.facts_schema, self.description, self.etag, self.services  # noqa: B018

    def _decision(self, name: str) -> dict[str, Any]:
        decision = self.pack.decisions[name]
        return {
            "name": name,
            "title": decision.title,
            "audience": decision.audience,
            "offered": name in self.pack.model.offered,
            "outputs": [{"name": output.name, "title": output.title} for output in decision.outputs],
        }


def published(packs: Iterable[Pack], *, base: str = BASE) -> Mapping[str, PublishedPack]:
    """Return packs by their path, prepared; raises `HiprunError` if two have the same name and version."""
    found: dict[str, PublishedPack] = {}
    for pack in packs:
        entry = PublishedPack(pack, Publication(pack, base))
        if entry.path in found:
            message = f"There are two packs called `{pack.name}` of version {pack.version}."
            raise HiprunError([Problem("same-pack", message, help="Give one of them another version.")])
        entry.prepare()
        found[entry.path] = entry
    return found


def outcome_schema(reference: str) -> dict[str, Any]:
    """Return the published schema of an outcome, to be found under `reference`."""
    data = {key: value for key, value in schema("outcome").items() if key not in ("$schema", "$id")}
    moved: dict[str, Any] = _moved(data, reference)
    return moved


def _moved(value: Any, reference: str) -> Any:
    if isinstance(value, Mapping):
        return {
            key: f"{reference}{part[1:]}" if key == "$ref" and isinstance(part, str) else _moved(part, reference)
            for key, part in value.items()
        }
    return [_moved(part, reference) for part in value] if isinstance(value, list) else value
