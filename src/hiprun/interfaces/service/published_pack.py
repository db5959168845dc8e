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

_MOST_CHARACTERS = 200
"""How much is read of the languages that a client accepts."""


@attrs.define(eq=False, slots=False)
class PublishedPack:
    """One version of a pack that the service offers."""

    pack: Pack
    publication: Publication
    language: str = "en"
    """The language of its texts."""
    others: Mapping[str, PublishedPack] = attrs.field(factory=dict)
    """The same pack in other languages."""

    def in_language_of(self, accepted: str) -> PublishedPack:
        """Return the pack in the language that an `Accept-Language` header likes best, else as it is written."""
        known = {self.language: self, **self.others}
        return next((known[language] for language in _languages(accepted) if language in known), self)

    @property
    def etags(self) -> tuple[str, ...]:
        """What tells the content of these rules apart, in each language."""
        return self.etag, *(other.etag for other in self.others.values())

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
        """What tells its content apart: the digest, settings included, the engine and the language."""
        return f'"{self.pack.digest}-{VERSION}-{self.language}"'

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
        written = pack.model.as_written
        others = {}
        for language in (written.text_language, *written.translations):
            if language != pack.model.text_language:
                other = pack.in_language(language)
                others[language] = PublishedPack(other, Publication(other, base), language)
        entry = PublishedPack(pack, Publication(pack, base), pack.model.text_language, others)
        if entry.path in found:
            message = f"There are two packs called `{pack.name}` of version {pack.version}."
            raise HiprunError([Problem("same-pack", message, help="Give one of them another version.")])
        entry.prepare()
        found[entry.path] = entry
    return found


def _languages(accepted: str) -> list[str]:
    """Return the languages of an `Accept-Language` header without their regions, the one that is liked best first."""
    found: list[tuple[float, str]] = []
    for part in accepted[:_MOST_CHARACTERS].split(","):
        name, _, weight = part.partition(";")
        number = re.fullmatch(r"\s*q=([01](?:\.[0-9]{0,3})?)\s*", weight)
        liking = 1.0 if not weight else float(number[1]) if number else 0.0
        if liking > 0:
            found.append((-liking, name.strip().partition("-")[0].lower()))
    return [name for _, name in sorted(found, key=lambda entry: entry[0])]


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
