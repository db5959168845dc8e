"""What somebody is doing to a pack: unsaved changes over its files, each of which can be taken back, and saves."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterable, Mapping

import attrs

from hiprun.catalogue import Catalogue, catalogue
from hiprun.errors import HiprunError, Problem
from hiprun.interfaces.git_program import GitError
from hiprun.interfaces.workbench.git_commits import Repository
from hiprun.interfaces.workbench.merged_texts import merged
from hiprun.interfaces.workbench.pack_files import Contents, Elsewhere, FilesError, PackFolder
from hiprun.model.places import Place
from hiprun.verification.change_summary import change_summary
from hiprun.workspace import TextEdit, Workspace, workspace_of

_LONGEST_TITLE = 72


class EditError(HiprunError):
    """A change cannot be made; nothing was changed."""


@attrs.frozen(eq=False)
class Step:
    """One unsaved change: what it does, in a line, and the texts before it."""

    summary: str
    before: Workspace = attrs.field(repr=False)


@attrs.frozen
class Save:
    """Changes that were written to the files: what they were, and what the files had before and after.

    `commit` is the id of the commit in git, empty if there is none; `note` says why not, where there could be one.
    """

    summary: tuple[str, ...]
    when: datetime.datetime
    before: Contents = attrs.field(repr=False)
    after: Contents = attrs.field(repr=False)
    commit: str = ""
    note: str = ""


@attrs.frozen(eq=False)
class SessionState:
    """A pack being changed: as it was read or saved, as it would be, the steps between, and the saves so far.

    `left_out` are the files whose unsaved changes did not fit any more when the files were read again.
    """

    saved: Workspace
    current: Workspace
    steps: tuple[Step, ...] = ()
    saves: tuple[Save, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return bool(self.contents)

    @property
    def contents(self) -> dict[str, bytes | None]:
        """What is to be written: the files that differ, as bytes; None for a file that is to be deleted."""
        old, new = self.saved.texts, self.current.texts
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        return {name: _bytes(new.get(name)) for name in names}


class Session:
    """The one state of a workbench; its methods may be called from several threads."""

    def __init__(self, folder: PackFolder, repository: Repository | None = None, language: str = "en") -> None:
        """Open a folder; `language` is that in which the workbench speaks of it."""
        self.words: Catalogue = catalogue(language)
        self.folder = folder
        self.repository = repository
        self._lock = threading.RLock()
        texts, problems = folder.read()
        workspace = workspace_of(texts, problems)
        self._state = SessionState(workspace, workspace)

    @property
    def state(self) -> SessionState:
        """The state as it is now."""
        return self._state

    @property
    def summary(self) -> tuple[str, ...]:
        """What the unsaved changes are, in sentences; those of the steps where one of the versions has mistakes."""
        state = self._state
        old, new = state.saved.model, state.current.model
        sentences = change_summary(old, new) if old is not None and new is not None else ()
        said = tuple(self.words.sentence(sentence) or sentence for sentence in sentences)
        return said or tuple(step.summary for step in state.steps)

    def elsewhere(self) -> Elsewhere:
        """Return what somebody else has done to the files since they were read or saved."""
        return self.folder.elsewhere(self._state.saved.texts)

    def edit(self, edits: Iterable[TextEdit], summary: str) -> SessionState:
        """Change texts by place; raises `EditError` if the changes do not fit together."""
        with self._lock:
            try:
                return self._step(self._state.current.edited(edits), summary)
            except ValueError as error:
                raise EditError([Problem("edits-overlap", str(error))]) from error

    def replace(self, texts: Mapping[str, str | None], summary: str) -> SessionState:
        """Replace whole texts; None removes a file."""
        with self._lock:
            for name in texts:
                self.folder.path(name)
            return self._step(self._state.current.with_texts(texts), summary)

    def take_back(self) -> SessionState:
        """Take back the last unsaved change."""
        with self._lock:
            if self._state.steps:
                *steps, last = self._state.steps
                self._state = attrs.evolve(self._state, current=last.before, steps=tuple(steps))
            return self._state

    def discard(self) -> SessionState:
        """Take back all unsaved changes."""
        with self._lock:
            self._state = attrs.evolve(self._state, current=self._state.saved, steps=(), left_out=())
            return self._state

    def read_again(self) -> SessionState:
        """Read the files again, and make all unsaved changes again that are not where somebody else made some."""
        with self._lock:
            texts, problems = self.folder.read()
            state = self._state
            saved = workspace_of(texts, problems)
            changes = {name: _changed_again(state, name, texts.get(name)) for name in state.contents}
            kept = {name: content for name, (content, fits) in changes.items() if fits}
            left_out = tuple(name for name in changes if name not in kept)
            current = saved.with_texts(kept)
            steps = (Step(" ".join(self.summary), saved),) if kept else ()
            self._state = attrs.evolve(state, saved=saved, current=current, steps=steps, left_out=left_out)
            return self._state

    def save(self, title: str = "") -> Save:
        """Write the changed files and, in git, commit them; `title` is the first line of the message.

        Raises `EditError` if the pack has mistakes, `FilesError` if the files cannot be written.
        """
        with self._lock:
            state = self._state
            if state.current.problems:
                help = "Mend them first; a pack with mistakes decides nothing."
                raise EditError([Problem("has-mistakes", "The rules have mistakes and are not saved.", help=help)])
            elsewhere = self.elsewhere()
            if elsewhere:
                raise FilesError([_not_as_read(elsewhere)])
            before = {name: _bytes(state.saved.texts.get(name)) for name in state.contents}
            saved = self._written(self.summary, title, before, state.contents)
            self._state = SessionState(state.current, state.current, saves=(*state.saves, saved))
            return saved

    def undo_save(self) -> Save:
        """Write back what the files had before the last save; in git, that is a commit of its own.

        Unsaved changes have to be saved or taken back before.
        """
        with self._lock:
            state = self._state
            if not state.saves or state.changed:
                message = "There are unsaved changes." if state.changed else "Nothing has been saved yet."
                raise EditError([Problem("cannot-undo", message, help="Save them, or take them back.")])
            last = state.saves[-1]
            sentences = tuple(self.words.text("workbench.done.undone", sentence=each) for each in last.summary)
            title = self.words.text("workbench.done.undo", title=self._title(last.summary))
            undone = self._written(sentences, title, last.after, last.before)
            workspace = state.saved.with_texts(last.before)
            self._state = SessionState(workspace, workspace, saves=state.saves[:-1])
            return undone

    def _step(self, workspace: Workspace, summary: str) -> SessionState:
        for name in workspace.texts:
            if name not in self._state.saved.texts:
                self.folder.path(name)
        if dict(workspace.texts) != dict(self._state.current.texts):
            step = Step(summary, self._state.current)
            self._state = attrs.evolve(self._state, current=workspace, steps=(*self._state.steps, step), left_out=())
        return self._state

    def _written(self, summary: tuple[str, ...], title: str, before: Contents, after: Contents) -> Save:
        files = [name.partition("/")[2] for name in after]
        note = self._reason_not_to_commit(files)
        self.folder.write(after, before)
        commit = ""
        if self.repository is not None and not note:
            message = "\n".join([title or self._title(summary), "", *(f"- {sentence}" for sentence in summary), ""])
            try:
                commit = self.repository.commit(files, message)
            except GitError as error:
                note = self.words.text("workbench.history.git_failed", reason=error.reason)
        when = datetime.datetime.now(datetime.UTC)
        return Save(summary, when, before, after, commit, note)

    def _title(self, summary: tuple[str, ...]) -> str:
        """Return the first line of a message: the first sentence, shortened, and how many more there are."""
        first, further = summary[0] if summary else self.words.text("workbench.done.rules"), len(summary) - 1

        def with_number(title: str) -> str:
            return self.words.text("workbench.done.and_more", title=title, number=further) if further > 0 else title

        room = _LONGEST_TITLE - len(with_number(""))
        return with_number(first if len(first) <= room else first[: room - 1] + "…")

    def _reason_not_to_commit(self, files: list[str]) -> str:
        """Return why a save is not committed: somebody has changed its files and not committed them."""
        if self.repository is None:
            return ""
        try:
            changed = self.repository.changed(files)
        except GitError as error:
            return self.words.text("workbench.history.git_failed", reason=error.reason)
        if not changed:
            return ""
        return self.words.text("workbench.history.not_committed", files=", ".join(changed))


def _changed_again(state: SessionState, name: str, there: bytes | None) -> tuple[str | bytes | None, bool]:
    """Return what a file is to have after it was read again, and whether the unsaved changes of it still fit."""
    base, ours = state.saved.texts.get(name), state.current.texts.get(name)
    if _bytes(base) == there or _bytes(ours) == there:
        return ours, True
    if not isinstance(ours, str) or base is None or there is None:
        return None, False
    try:
        both = merged(_text(base), ours, there.decode())
    except UnicodeDecodeError:
        both = None
    return both, both is not None


def _not_as_read(elsewhere: Elsewhere) -> Problem:
    names = (*elsewhere.changed, *elsewhere.added, *elsewhere.gone)
    message = f"{names[0]} has been changed by somebody else since it was read."
    if len(names) > 1:
        message = f"{names[0]} and {len(names) - 1} more have been changed by somebody else since they were read."
    help = "Read the files again; your unsaved changes are kept where they still fit."
    return Problem("changed-elsewhere", message, Place(names[0]), help)


def _text(content: str | bytes) -> str:
    return content if isinstance(content, str) else content.decode()


def _bytes(text: str | bytes | None) -> bytes | None:
    return text.encode() if isinstance(text, str) else text


__all__ = ["EditError", "FilesError", "Save", "Session", "SessionState", "Step"]
