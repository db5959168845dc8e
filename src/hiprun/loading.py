"""From a folder of rule files to a pack, by the shortest way that gives the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from hiprun.language import checked_form_cache
from hiprun.language.checked_form import precompiled, precompiled_form
from hiprun.language.engine_digest import engine
from hiprun.language.rule_files import Location, RuleFile, files_digest, read_checked_form, read_files
from hiprun.pack import Pack


def load(path: Location | None = None, *, cache: bool = True) -> Pack:
    """Return the pack in the folder or zip file `path`, or the one that comes with hiprun.

    Raises `RuleError` with every mistake in every file; a pack is loaded completely or not at all. Rules that have been
    checked before are not checked again: `load` uses the checked form that `hiprun build` made if it belongs to these
    very files, or else the one in the user's cache. `cache=False` neither reads nor writes that cache.
    """
    files, problems = read_files(path)
    pack = None if problems else _from_form(read_checked_form(path), files)
    if pack is not None:
        return pack
    key = hashlib.sha256(f"{engine()} {files_digest(files)}".encode()).hexdigest() if cache and not problems else ""
    pack = _from_form(checked_form_cache.cached_form(key), files) if key else None
    if pack is not None:
        return pack
    # imports much that rules in checked form can do without
    from hiprun.language.reader.pack_reader import prepared_model

    model, programs = prepared_model(files, problems)
    if key:
        checked_form_cache.keep_form(key, precompiled_form(model, files))
    return Pack(model, programs=programs)


def _from_form(form: bytes | None, files: Sequence[RuleFile]) -> Pack | None:
    found = None if form is None else precompiled(form, files)
    return None if found is None else Pack(found.model, nothing_known=found.nothing_known)
