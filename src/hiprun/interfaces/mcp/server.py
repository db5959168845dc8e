"""The tools of a pack over standard input and output, by the official SDK of the Model Context Protocol."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hiprun.errors import MissingExtraError, Problem
from hiprun.interfaces.mcp.tools import PackTools
from hiprun.pack import Pack

try:
    from mcp import types
    from mcp.server.lowlevel import Server
    from mcp.server.stdio import stdio_server
except ImportError as error:
    raise MissingExtraError(
        [
            Problem(
                "missing-extra",
                "Tools for language models need the package mcp, which is not installed.",
                help='Install it with: pip install "hiprun[mcp]"',
            )
        ]
    ) from error


def serve(pack: Pack) -> None:
    """Answer calls on standard input until it ends."""
    asyncio.run(_serve(PackTools(pack)))


async def _serve(tools: PackTools) -> None:
    server = make_server(tools)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def make_server(tools: PackTools) -> Server[Any]:
    """Return a server with the tools of a pack."""
    harmless = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

    async def list_tools(context: Any, parameters: Any) -> types.ListToolsResult:
        listed = [
            types.Tool(
                name=tool.name, description=tool.description, input_schema=dict(tool.schema), annotations=harmless
            )
            for tool in tools.tools
        ]
        return types.ListToolsResult(tools=listed)

    async def call_tool(context: Any, parameters: types.CallToolRequestParams) -> types.CallToolResult:
        result = await asyncio.to_thread(tools.call, parameters.name, parameters.arguments)
        text = json.dumps(result.data, ensure_ascii=False)
        content: list[types.ContentBlock] = [types.TextContent(type="text", text=text)]
        return types.CallToolResult(content=content, structured_content=dict(result.data), is_error=result.is_error)

    return Server(
        tools.pack.name,
        version=tools.pack.version,
        title=tools.pack.title,
        instructions=tools.instructions,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
