"""A page that asks and answers in the browser alone: one file, which sends nothing anywhere."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources

from markupsafe import Markup

from hiprun.errors import Problem, RuleError, UnknownNameError, did_you_mean
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.interfaces.javascript.module import javascript_module, literal
from hiprun.interfaces.web import Templates, stylesheet
from hiprun.pack import Pack

_WORDS = ("yes", "no", "next", "not_known", "back", "again", "choose", "safest", "no_answer", "why")


def triage_page(pack: Pack, decision: str | None = None, *, language: str = "en") -> str:
    """Return the HTML of a page for one decision: the one named, else the pack's first.

    It needs no server. Its content security policy allows its own script and styles, by their digests, and nothing
    else: no request, no form that is sent, nothing that is loaded.
    Raises `UnknownNameError` for a decision that the pack does not have, `RuleError` for one that it cannot contain.
    """
    name = decision or pack.model.first or next(iter(pack.model.decisions), "")
    if name not in pack.model.decisions:
        message = f"This pack has no decision `{name}`."
        raise UnknownNameError([Problem("unknown-decision", message, help=did_you_mean(name, list(pack.decisions)))])
    if HIT_POLICIES[pack.model.decisions[name].hit].gives != "answer":
        message = f"`{name}` gives a list or limits; a page shows one answer."
        place = pack.model.decisions[name].place
        raise RuleError([Problem("not-in-javascript", message, place, "Name another one with --decision.")])
    templates = Templates(__package__, language=language)
    words = {word: templates.words.text(f"triage.{word}") for word in _WORDS}
    script = "\n".join(
        [
            javascript_module(pack, [name]),
            f"const DECISION = {literal(name)};",
            f"const WORDS = JSON.parse({literal(json.dumps(words))});",
            resources.files(__package__).joinpath("static", "triage.mjs").read_text(encoding="utf-8"),
        ]
    )
    styles = stylesheet()
    return templates.render(
        "triage.html",
        title=pack.title,
        notice=pack.notice,
        provenance=pack.provenance,
        policy=_policy(script, styles),
        inline_style=Markup(styles),
        script=Markup(script),
    )


def _policy(script: str, styles: str) -> str:
    return (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(styles)}; img-src data:; "
        "connect-src 'none'; form-action 'none'; base-uri 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
