"""What all web pages of hiprun share: templates, styles, requests and replies as values, strict headers, a server.

A door with pages, such as `hiprun.interfaces.page`, has templates of its own that extend `base.html`, and handlers:
functions from a `PageRequest` to a `PageReply`. It sees nothing of Jinja2, Starlette and uvicorn.
"""

from __future__ import annotations

from hiprun.errors import MissingExtraError, Problem

try:
    from hiprun.interfaces.web.application import LOCAL_HOSTS, Handler, WebApplication, host_name, make_application
    from hiprun.interfaces.web.server import announce_and_serve, listen, make_server
    from hiprun.interfaces.web.templating import Templates, stylesheet
except ModuleNotFoundError as error:
    package = (error.name or "").partition(".")[0]
    if package not in ("jinja2", "starlette", "uvicorn"):
        raise
    raise MissingExtraError(
        [
            Problem(
                "missing-extra",
                f"Web pages need the package {package}.",
                help='Install it with: pip install "hiprun[web]"',
            )
        ]
    ) from None
from hiprun.interfaces.web.messages import Fields, PageReply, PageRequest

__all__ = [
    "LOCAL_HOSTS",
    "Fields",
    "Handler",
    "PageReply",
    "PageRequest",
    "Templates",
    "WebApplication",
    "announce_and_serve",
    "host_name",
    "listen",
    "make_application",
    "make_server",
    "stylesheet",
]
