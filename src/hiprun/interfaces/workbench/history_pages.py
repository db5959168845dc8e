"""*History*: what was saved here, the versions in git, and what each of them changed, in words."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from hiprun.errors import Problem
from hiprun.interfaces.git_program import GitError
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench.context import Context
from hiprun.interfaces.workbench.git_commits import Commit
from hiprun.interfaces.workbench.session import EditError
from hiprun.verification.change_summary import change_summary
from hiprun.workspace import workspace_of


@attrs.frozen
class VersionView:
    """A commit and what it changed, in sentences; `problem` says why that cannot be told."""

    commit: Commit
    sentences: Sequence[str] = ()
    problem: str = ""


def history(context: Context, request: PageRequest) -> PageReply:
    """Show the saves of this session and the commits before."""
    repository = context.session.repository
    commits = repository.commits() if repository else ()
    return context.page("history.html", "history", commits=commits, in_git=repository is not None)


def version(context: Context, request: PageRequest) -> PageReply:
    """Show what one commit changed."""
    repository = context.session.repository
    commits = {commit.id: commit for commit in repository.commits()} if repository else {}
    commit = commits.get(request.path["commit"])
    if repository is None or commit is None:
        raise EditError([Problem("unknown-version", "There is no such version of this pack.")])
    try:
        parent = repository.parent(commit.id)
        before = workspace_of(repository.contents(parent)) if parent else workspace_of({})
        after = workspace_of(repository.contents(commit.id))
    except GitError as error:
        return context.page("version.html", "history", version=VersionView(commit, problem=error.reason))
    if after.model is None:
        view = VersionView(commit, problem="The rules of this version have mistakes.")
    elif before.model is None:
        view = VersionView(commit, problem="There are no rules before it, or they have mistakes.")
    else:
        said = change_summary(before.model, after.model)
        view = VersionView(commit, said, "" if said else "It changed comments or layout alone.")
    return context.page("version.html", "history", version=view)
