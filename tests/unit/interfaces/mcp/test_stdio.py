"""The tools over standard input and output, called by the client of the official SDK."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mcp import Client, ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.mcp.server import make_server
from hiprun.interfaces.mcp.tools import PackTools

TRANSCRIPT: list[tuple[str, dict[str, Any], bool, str]] = [
    # tool, arguments, whether it is refused, and what the model is told
    ("what_can_be_known", {"decision": "alarm"}, False, "How warm is it inside?"),
    ("decide", {"decision": "alarm", "facts": {}}, False, "undetermined"),
    ("decide", {"decision": "alarm", "facts": {"temperture": 31}}, True, "Did you mean `temperature`?"),
    ("decide", {"decision": "alarm", "facts": {"temperature": "hot"}}, True, "Give a number from -40 to 60 °C."),
    ("decide", {"decision": "alarm", "facts": {"temperature": "31"}}, False, "Act at once"),
    ("decide", {"decision": "alarm", "facts": {"temperature": 31, "leaves": "don't know"}}, False, "decided"),
    ("next_question", {"decision": "alarm", "facts": {}, "not_known": ["temperature"]}, False, "question"),
    ("explain", {"decision": "alarm", "facts": {"temperature": 31}}, False, "Seedlings wilt in the heat."),
    ("diagnose", {"symptom": "limp"}, True, "is not a tool"),
]


async def _transcript(folder: Path, source: Path) -> tuple[Any, list[Any], list[Any]]:
    environment = {**os.environ, "PYTHONPATH": str(source)}
    arguments = ["-m", "hiprun", "mcp", str(folder), "--set", "heat_limit=31"]
    server = StdioServerParameters(command=sys.executable, args=arguments, env=environment)
    async with stdio_client(server) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
        begun = await session.initialize()
        tools = (await session.list_tools()).tools
        return begun, tools, [await session.call_tool(name, given) for name, given, _, _ in TRANSCRIPT]


def test_a_session_of_calls_and_misuse(greenhouse_folder: Path, root: Path) -> None:
    """A client begins, lists the tools and calls them; every result has status, digest and notice."""
    begun, tools, results = asyncio.run(_transcript(greenhouse_folder, root / "src"))
    assert begun.server_info.name == "greenhouse"
    assert "For tests only. Ask a gardener about real plants." in begun.instructions
    assert [tool.name for tool in tools] == ["what_can_be_known", "next_question", "decide", "explain"]
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert all("do not guess" in json.dumps(tool.input_schema) for tool in tools[1:])
    digests = set()
    for (name, _, refused, expected), result in zip(TRANSCRIPT, results, strict=True):
        data = json.loads(result.content[0].text)
        assert data == result.structured_content
        assert (result.is_error, expected in result.content[0].text) == (refused, True), (name, data)
        assert data["notice"] == "For tests only. Ask a gardener about real plants."
        assert data["rules"]["settings"] == {"heat_limit": 31}
        digests.add(data["rules"]["digest"])
    assert len(digests) == 1


def test_the_server_answers_in_the_same_process(greenhouse: hiprun.Pack) -> None:
    """What goes over standard input and output is what the server says to a client beside it."""

    async def session() -> tuple[Any, Any]:
        async with Client(make_server(PackTools(greenhouse))) as client:
            listed = await client.list_tools()
            return listed, await client.call_tool("decide", {"decision": "alarm", "facts": {"temperature": "31"}})

    listed, result = asyncio.run(session())
    assert [tool.name for tool in listed.tools] == [tool.name for tool in PackTools(greenhouse).tools]
    assert result.structured_content["answer"]["action"]["value"] == "act"


def test_the_command_ends_with_its_input(greenhouse_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the client is gone, the command is over."""
    read_end, write_end = os.pipe()
    os.close(write_end)
    with os.fdopen(read_end) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
        application(["mcp", str(greenhouse_folder)], standalone_mode=False)


def test_without_the_package_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named when it is missing."""
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.delitem(sys.modules, "hiprun.interfaces.mcp.server", raising=False)
    result = CliRunner().invoke(application, ["mcp"])
    assert result.exit_code == 2
    assert 'pip install "hiprun[mcp]"' in result.stderr
