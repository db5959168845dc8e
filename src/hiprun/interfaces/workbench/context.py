"""What all pages of the workbench share: the session, the templates, and what was worked out of a change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from hiprun.catalogue import Catalogue
from hiprun.errors import Problem
from hiprun.interfaces.book import Chapter
from hiprun.interfaces.web import PageReply, Templates
from hiprun.interfaces.workbench.effect_job import EffectJob
from hiprun.interfaces.workbench.session import Session, SessionState
from hiprun.model import Model
from hiprun.pack import Pack
from hiprun.verification.effect_on_cases import EffectOnCases, effect_on_cases
from hiprun.workspace import Workspace

_Versions = tuple[Mapping[str, str | bytes], Mapping[str, str | bytes]]


@attrs.define(eq=False)
class Effects:
    """What was worked out of the change that was looked at last; looking at another one stops what is under way."""

    _lock: threading.RLock = attrs.field(factory=threading.RLock)
    _cases: tuple[_Versions, EffectOnCases] | None = None
    _job: tuple[tuple[Model, Model], _Versions, EffectJob] | None = None

    def cases(self, saved: Workspace, current: Workspace) -> EffectOnCases | None:
        """Return what a change does to the cases; None if one of the versions has mistakes."""
        old, new = saved.pack or current.pack, current.pack
        if old is None or new is None:
            return None
        versions = saved.texts, current.texts
        with self._lock:
            if self._cases is None or self._cases[0] != versions:
                self._cases = versions, effect_on_cases(old, new)
            return self._cases[1]

    def job(self, saved: Workspace, current: Workspace, *, start: bool = True) -> EffectJob | None:
        """Return the comparison of two versions, started now if it has not been; None if one of them has mistakes.

        It goes on while only cases are changed, which give nobody another answer.
        """
        if saved.model is None or current.model is None:
            return None
        models = _without_cases(saved.model), _without_cases(current.model)
        with self._lock:
            if self._job is not None and self._job[0] == models:
                return self._job[2]
            self.stop()
            versions = saved.texts, current.texts
            self._job = (models, versions, EffectJob(saved.model, current.model)) if start else None
            return self._job[2] if self._job else None

    def cases_are_current(self, saved: Workspace, current: Workspace) -> bool:
        """Return whether the comparison knows the cases as they are now."""
        return self._job is not None and self._job[1] == (saved.texts, current.texts)

    def stop(self) -> None:
        """Stop what is under way."""
        with self._lock:
            if self._job is not None:
                self._job[2].stop()

    def forget(self) -> None:
        """Stop what is under way, and forget it, so that it can be started again."""
        with self._lock:
            self.stop()
            self._job = None


@attrs.define(eq=False)
class VersionComparison:
    """The comparison of a version with the one before that was asked for last; asking for another one stops it."""

    _lock: threading.RLock = attrs.field(factory=threading.RLock)
    _latest: tuple[str, Workspace, EffectJob] | None = None

    def start(self, commit: str, before: Workspace, after: Workspace) -> None:
        """Compare the version of a commit with the one before; nothing is compared if one of them has mistakes."""
        if before.model is None or after.model is None:
            return
        with self._lock:
            self.stop()
            self._latest = commit, after, EffectJob(before.model, after.model)

    def of(self, commit: str) -> tuple[Workspace, EffectJob] | None:
        """Return the version of a commit and its comparison; None if that was not the last one asked for."""
        latest = self._latest
        return latest[1:] if latest is not None and latest[0] == commit else None

    def stop(self) -> None:
        """Stop what is under way."""
        with self._lock:
            if self._latest is not None:
                self._latest[2].stop()


@attrs.frozen(eq=False)
class Context:
    """What handlers work with."""

    session: Session
    templates: Templates
    effects: Effects = attrs.field(factory=Effects)
    comparison: VersionComparison = attrs.field(factory=VersionComparison)
    _book: list[tuple[Pack, Sequence[Chapter]]] = attrs.field(factory=list)
    _translated: list[tuple[Pack, Pack]] = attrs.field(factory=list)

    @property
    def state(self) -> SessionState:
        """The session as it is now."""
        return self.session.state

    @property
    def words(self) -> Catalogue:
        """The words of the workbench, in the language of the session."""
        return self.session.words

    @property
    def pack(self) -> Pack | None:
        """The pack with all unsaved changes; as it was saved while these have mistakes; None if that has some too."""
        return self.state.current.pack or self.state.saved.pack

    @property
    def pack_to_read(self) -> Pack | None:
        """The same pack with its texts in the language of the session, if it has some in that, made once for it."""
        pack, language = self.pack, self.words.language
        if pack is None or language not in pack.model.translations:
            return pack
        if not self._translated or self._translated[0][0] is not pack:
            self._translated[:] = [(pack, pack.in_language(language))]
        return self._translated[0][1]

    def book(self, pack: Pack, make: Callable[[Pack], Sequence[Chapter]]) -> Sequence[Chapter]:
        """Return the chapters of a pack's book, made once for as long as the pack stays as it is."""
        if not self._book or self._book[0][0] is not pack:
            self._book[:] = [(pack, make(pack))]
        return self._book[0][1]

    def page(self, name: str, section: str, status: int = 200, **values: Any) -> PageReply:
        """Return a page, in one of the sections of the workbench."""
        state = self.state
        elsewhere = self.session.elsewhere()
        shared = {
            "section": section,
            "state": state,
            "pack": self.pack,
            "folder": self.session.folder.root.name,
            "elsewhere": elsewhere,
            "in_the_way": [name for name in state.contents if name in (*elsewhere.changed, *elsewhere.gone)],
        }
        return PageReply(self.templates.render(name, **(shared | values)), status)

    def refused(self, problems: tuple[Problem, ...], section: str = "", status: int = 422) -> PageReply:
        """Return the page that says why something was not done."""
        return self.page("refused.html", section, status, problems=problems)


def _without_cases(model: Model) -> Model:
    return attrs.evolve(model, examples=(), patients={})


def to(location: str) -> PageReply:
    """Return the reply that leads to another page, so that going back sends nothing twice."""
    return PageReply(location=location)
