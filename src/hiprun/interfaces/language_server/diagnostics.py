"""The problems of a pack, and what proofs found, as diagnostics by file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from lsprotocol import types

from hiprun.errors import Problem
from hiprun.interfaces.language_server.open_packs import OpenPack
from hiprun.interfaces.language_server.positions import Positions
from hiprun.interfaces.translation_files import translation_notes
from hiprun.model.places import Place
from hiprun.verification.claims import Claim
from hiprun.verification.needless_otherwise import notes
from hiprun.verification.report_text import witness_lines
from hiprun.verification.stale_numbers import stale_numbers

SOURCE = "hiprun"
PROOFS = "hiprun verify"
_TWO_PACKS = "two-packs"


def diagnostics(pack: OpenPack, positions: Positions) -> Mapping[str, list[types.Diagnostic]]:
    """Return what is wrong in each file of a pack by its address, mistakes before findings and notes.

    The files of a pack inside it are told of by that one; that it is there is told at the pack file.
    """
    by_file: defaultdict[str, list[types.Diagnostic]] = defaultdict(list)
    for problem in pack.workspace.problems:
        if problem.place is not None and pack.is_nested(problem.place.file) and problem.code != _TWO_PACKS:
            continue
        diagnostic = diagnostic_of(pack, positions, problem, types.DiagnosticSeverity.Error)
        by_file[_file(pack, problem.place)].append(diagnostic)
    for claim in pack.findings:
        by_file[_file(pack, claim.place)].append(_finding(pack, positions, claim))
    for note in _notes(pack):
        by_file[_file(pack, note.place)].append(
            diagnostic_of(pack, positions, note, types.DiagnosticSeverity.Information)
        )
    return {pack.uri(file): found for file, found in by_file.items()}


def _notes(pack: OpenPack) -> Iterator[Problem]:
    """Yield what is right but could be better, as `hiprun check` shows it."""
    loaded = pack.workspace.pack
    if loaded is not None:
        yield from notes(loaded)
        yield from stale_numbers(loaded.model)
        yield from translation_notes(loaded.model)


def _file(pack: OpenPack, place: Place | None) -> str:
    """Return the file that a place is in; the pack file, or another one, for what is in no file or is no file."""
    if place is not None and _has(pack, place.file):
        return place.file
    texts = [name for name in pack.workspace.texts if not pack.is_nested(name)]
    tops = (name for name in texts if (tree := pack.workspace.tree(name)) is not None and tree.kind == "pack")
    return next(tops, next(iter(texts), ""))


def diagnostic_of(
    pack: OpenPack, positions: Positions, problem: Problem, severity: types.DiagnosticSeverity
) -> types.Diagnostic:
    """Return a problem in the form of the protocol."""
    return types.Diagnostic(
        range=_range(pack, positions, problem.place),
        message="\n".join(filter(None, (problem.message, problem.help))),
        severity=severity,
        code=problem.code,
        source=SOURCE,
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(pack.uri(place.file), _range(pack, positions, place)), "Also here."
            )
            for place in problem.also
        ]
        or None,
    )


def _has(pack: OpenPack, file: str) -> bool:
    return file in pack.workspace.texts and not pack.is_nested(file)


def _range(pack: OpenPack, positions: Positions, place: Place | None) -> types.Range:
    if place is None or not _has(pack, place.file):
        return types.Range(types.Position(0, 0), types.Position(0, 0))
    return positions.place_range(pack.lines(place.file), place)


def _finding(pack: OpenPack, positions: Positions, claim: Claim) -> types.Diagnostic:
    """Return a claim that does not hold, with the patient who shows it."""
    model = pack.workspace.model
    patient = list(witness_lines(model, claim.witnesses)) if model and claim.witnesses else []
    rules = [
        types.DiagnosticRelatedInformation(
            types.Location(pack.uri(rule.place.file), _range(pack, positions, rule.place)), f"The rule `{rule.id}`."
        )
        for rule in claim.rules
        if rule.place.file in pack.workspace.texts
    ]
    message = claim.message or "This could not be proved or refuted within the budget, so it does not count as proved."
    return types.Diagnostic(
        range=_range(pack, positions, claim.place),
        message="\n".join(filter(None, (message, claim.help, *patient))),
        severity=types.DiagnosticSeverity.Warning,
        code=claim.kind,
        source=PROOFS,
        related_information=rules or None,
    )
