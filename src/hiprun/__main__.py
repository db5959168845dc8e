"""The way into the command line: `hiprun` and `python -m hiprun`."""

from __future__ import annotations

import gc
import sys

_OBJECTS_BEFORE_COLLECTION = 50_000
"""How many objects are made before garbage is looked for: a short command makes fewer, and almost all of them stay."""


def main() -> None:
    """Run the command line, or say what to install for it."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION, *gc.get_threshold()[1:])
    try:
        try:
            from hiprun.interfaces.cli.application import application
        except ModuleNotFoundError as error:
            if error.name != "click":
                raise
            sys.exit(_missing())
        application(prog_name="hiprun")
    except KeyboardInterrupt:  # while modules are imported, or on the way out
        print("Interrupted.", file=sys.stderr)
        sys.exit(130)


def _missing() -> int:
    print('The command line needs the package click. Install it with: pip install "hiprun[cli]"', file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
