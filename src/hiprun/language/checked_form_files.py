"""Checked forms that are kept with a pack: made beside its rule files or in one zip file with them, and compared."""

from __future__ import annotations

import contextlib
import os
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO

from hiprun.errors import Problem
from hiprun.inference.infer import concluded_of_nobody
from hiprun.language.checked_form import precompiled, precompiled_form
from hiprun.language.reader.pack_reader import model_of_files
from hiprun.language.rule_files import CHECKED_FORM, RuleFile, read_checked_form, read_files
from hiprun.model import Model
from hiprun.model.places import Place


def build(path: str, archive: str | None = None) -> tuple[str, int]:
    """Read and check the rules at `path`, and write their checked form; return the file written and its size.

    It is written beside the rules, into the folder `path`; with `archive`, into a zip file of that name, together with
    the rule files. What was there before is replaced as a whole. Raises `RuleError`, and `OSError` if nothing can be
    written.
    """
    files, problems = read_files(path)
    form = complete_form(model_of_files(files, problems), files)
    target = os.path.join(path, CHECKED_FORM) if archive is None else archive
    with _replacing(target) as stream:
        if archive is None:
            stream.write(form)
        else:
            _write_archive(stream, files, form)
    return target, os.path.getsize(target)


def complete_form(model: Model, files: Sequence[RuleFile]) -> bytes:
    """Return the checked form of `model`, which was read from `files`, with all that can be worked out beforehand."""
    return precompiled_form(model, files, concluded_of_nobody(model))


def read_checking_form(path: str | None) -> tuple[Model, list[Problem], list[Problem]]:
    """Return the model that the rule files at `path` give, and mistakes and notes about the checked form beside them.

    A form that fits these files but says something else was not made from them. Raises `RuleError` as reading does.
    """
    files, problems = read_files(path)
    model = model_of_files(files, problems)
    form = read_checked_form(path)
    if form is None:
        return model, [], []
    place = Place(f"{files[0].name.partition('/')[0]}/{CHECKED_FORM}")
    if precompiled(form, files) is None:
        message = "The checked form belongs to other rules or another version of hiprun, or is damaged; it is not used."
        note = Problem("outdated-form", message, place, "Make it again with `hiprun build`, or delete it.")
        return model, [], [note]
    if form != complete_form(model, files):
        message = "The checked form claims to be made from these rules but says something else."
        help = "Do not use it: delete it, and find out where it came from."
        return model, [Problem("forged-form", message, place, help)], []
    return model, [], []


@contextlib.contextmanager
def _replacing(target: str) -> Iterator[IO[bytes]]:
    """Yield a file that takes the place of `target` once it is complete."""
    name = f"{target}.{os.getpid()}.part"
    with open(name, "xb") as stream:
        try:
            yield stream
        except BaseException:
            os.unlink(name)
            raise
    os.replace(name, target)


def _write_archive(stream: IO[bytes], files: list[RuleFile], form: bytes) -> None:
    contents = {file.name_in_pack: file.content for file in files} | {CHECKED_FORM: form}
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in contents.items():
            # without a time of their own, the same rules always give the same bytes
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
