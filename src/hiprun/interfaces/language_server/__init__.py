"""A language server for packs: what an editor shows while rules are written, over the Language Server Protocol."""

from __future__ import annotations

from hiprun.errors import MissingExtraError, Problem

try:
    from hiprun.interfaces.language_server.server import make_server, serve
except ModuleNotFoundError as error:
    if error.name not in ("pygls", "lsprotocol"):
        raise
    raise MissingExtraError(
        [
            Problem(
                "missing-extra",
                f"The language server needs the package {error.name}.",
                help='Install it with: pip install "hiprun[lsp]"',
            )
        ]
    ) from None

__all__ = ["make_server", "serve"]
