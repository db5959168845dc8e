"""*History*: what was saved here, the versions in git, and what each of them changed, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from hiprun.errors import Problem
from hiprun.interfaces.git_program import GitError
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench.answer_changes import comparison_values
from hiprun.interfaces.workbench.context import Context, to
from hiprun.interfaces.workbench.git_commits import Commit
from hiprun.interfaces.workbench.session import EditError
from hiprun.verification.change_summary import change_summary
from hiprun.workspace import Workspace, workspace_of


@attrs.frozen
class VersionView:
    """A commit and what it changed, in sentences; `problem` says why that cannot be told.

    `can_compare`: whether it has rules, and so has the version before, that may answer differently.
    """

    commit: Commit
    sentences: Sequence[str] = ()
    problem: str = ""
    can_compare: bool = False


def history(context: Context, request: PageRequest) -> PageReply:
    """Show the saves of this session and the commits before."""
    repository = context.session.repository
    commits = repository.commits() if repository else ()
    return context.page("history.html", "history", commits=commits, in_git=repository is not None)


def version(context: Context, request: PageRequest) -> PageReply:
    """Show what one commit changed and, if somebody asked for it, who gets another answer."""
    commit, versions = _versions(context, request)
    if isinstance(versions, str):
        return context.page("version.html", "history", version=VersionView(commit, problem=versions))
    before, after = versions
    words = context.words
    if after.model is None:
        view = VersionView(commit, problem=words.text("workbench.version.mistakes"))
    elif before.model is None:
        view = VersionView(commit, problem=words.text("workbench.version.nothing_before"))
    else:
        said = change_summary(before.model, after.model)
        problem = "" if said else words.text("workbench.version.layout")
        view = VersionView(commit, said, problem, can_compare=bool(said))
    return context.page("version.html", "history", version=view, **_comparison(context, commit.id))


def compare(context: Context, request: PageRequest) -> PageReply:
    """Start to compare the answers of a version with those of the one before."""
    commit, versions = _versions(context, request)
    if not isinstance(versions, str):
        context.comparison.start(commit.id, *versions)
    return to(_address(commit.id))


def stop(context: Context, request: PageRequest) -> PageReply:
    """Stop the comparison that is under way."""
    context.comparison.stop()
    return to(_address(request.path["commit"]))


def progress(context: Context, request: PageRequest) -> PageReply:
    """Return the part of the page that says who gets another answer, as far as that is known."""
    values = {"pack": context.pack, **_comparison(context, request.path["commit"])}
    return PageReply(context.templates.render("everyone.html", **values))


def _comparison(context: Context, commit: str) -> dict[str, Any]:
    found = context.comparison.of(commit)
    pack, job = (found[0].pack, found[1].state) if found else (None, None)
    return comparison_values(pack, job, _address(commit), context.words)


def _address(commit: str) -> str:
    return f"/history/{commit}"


def _versions(context: Context, request: PageRequest) -> tuple[Commit, tuple[Workspace, Workspace] | str]:
    """Return a commit with the version before it and its own, or why they cannot be had."""
    repository = context.session.repository
    commits = {commit.id: commit for commit in repository.commits()} if repository else {}
    commit = commits.get(request.path["commit"])
    if repository is None or commit is None:
        raise EditError([Problem("unknown-version", "There is no such version of this pack.")])
    try:
        parent = repository.parent(commit.id)
        before = workspace_of(repository.contents(parent)) if parent else workspace_of({})
        return commit, (before, workspace_of(repository.contents(commit.id)))
    except GitError as error:
        return commit, error.reason
