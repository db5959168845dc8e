"""Serve the form: `python -m examples.web_form [FOLDER]`, then open http://127.0.0.1:8000."""

from __future__ import annotations

import sys

import uvicorn
from examples.web_form.app import make_app

import hiprun

if __name__ == "__main__":
    uvicorn.run(make_app(hiprun.load(sys.argv[1] if len(sys.argv) > 1 else None)), host="127.0.0.1", port=8000)
