"""Drives a built reel with the official MCP client: both eras, over standard input and output and over HTTP.

    check.py REEL LIBRARY [URL]
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from mcp import Client, StdioServerParameters

TOOLS = ["search", "answer", "get_transcript", "list_assets"]


async def check(server: StdioServerParameters | str, mode: str) -> str:
    async with Client(server, mode=mode, read_timeout_seconds=60) as client:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == TOOLS, tools
        found = await client.call_tool("search", {"query": "red car in front of a beach", "limit": 1})
        assert not found.is_error, found
        path = found.structured_content["hits"][0]["asset"]["path"]
        assert Path(path).name == "travel-diary.mp4", path
        answer = await client.call_tool("answer", {"question": "How long does a trip to the moon take?"})
        assert answer.structured_content["found"], answer
        asset = answer.structured_content["evidence"][0]["asset"]["id"]
        transcript = await client.call_tool("get_transcript", {"asset": asset})
        assert "three days" in transcript.content[0].text, transcript
        moment = await client.read_resource(f"clip://{asset}/9-14")
        assert "three days" in moment.contents[0].text, moment
        templates = (await client.list_resource_templates()).resource_templates
        assert templates[0].uri_template == "clip://{video_id}/{start}-{end}", templates
        wrong = await client.call_tool("search", {"query": "x", "path": "/etc"})
        assert wrong.is_error, wrong
        return client.protocol_version


def children() -> set[int]:
    pids = set()
    for entry in Path("/proc").iterdir():
        try:
            stat = (entry / "stat").read_text()
        except OSError:
            continue
        if stat.rsplit(") ", 1)[1].split()[1] == str(os.getpid()):
            pids.add(int(entry.name))
    return pids


async def main() -> None:
    program, library, *urls = sys.argv[1:]
    stdio = StdioServerParameters(command=program, args=["--index", library, "mcp"])
    for name, server in [("stdio", stdio), *(("http", url) for url in urls)]:
        for mode in ["legacy", "auto"]:
            print(f"{name} {mode}: version {await check(server, mode)}: good", flush=True)
    await asyncio.sleep(0.5)
    left = children()
    assert not left, f"processes left behind: {left}"
    print("no process left behind")


asyncio.run(main())
