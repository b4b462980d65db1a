"""Drives `reachout mcp` with the official Python client, in both versions of the protocol.

    client.py stdio PROGRAM FOLDER      client.py http URL TOKEN

Prints one line a step; a step that fails ends the script with its error.
"""

import asyncio
import json
import sys

import mcp_types as types
from mcp import Client, StdioServerParameters

CONTACT = "a1b2c3d4-5678-90ab-cdef-1234567890ab"


async def person(_context, request):
    """A person who reads the message and says yes."""
    assert "Send this message?" in request.message and "Hi Sophie" in request.message, request.message
    return types.ElicitResult(action="accept", content={"send": True})


def server(how, where, what):
    if how == "stdio":
        arguments = ["mcp", "--sandbox", "--vendor", "leonar", "--allow-send", "--db", f"{what}/outbox.db"]
        return StdioServerParameters(command=where, args=arguments, env={"HOME": what, "REACHOUT_KEYRING": "off"})
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    headers = {"Authorization": f"Bearer {what}"}
    return streamable_http_client(where, http_client=httpx2.AsyncClient(headers=headers, timeout=60))


async def drive(how, where, what, mode):
    async with Client(server(how, where, what), mode=mode, elicitation_callback=person) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        assert "send_message" in tools and "find_people" in tools, tools
        print(f"python {how} {mode}: {len(tools)} tools")

        async def call(tool, **arguments):
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result
            return result.structured_content

        found = await call("find_people", query="Sophie")
        assert found["environment"] == "sandbox" and found["account"].startswith("leonar/"), found
        text = f"Hi Sophie, by {how} and {mode}"
        draft = await call("prepare_message", to=CONTACT, channel="linkedin", text=text)
        assert draft["state"] == "held" and draft["would_send"]["text"] == text, draft
        given = {"draft": draft["draft"], "confirmation_code": draft["confirmation_code"]}
        for _ in range(2):
            sent = await call("send_message", **given)
            assert sent["state"] == "accepted" and sent["attempts"] == 1, sent
        print(f"python {how} {mode}: sent once, {json.dumps(sent['vendor_ids'])}")
        slip = await client.call_tool("find_people", {"qury": "Sophie"})
        assert slip.is_error and "did you mean `query`?" in slip.content[0].text, slip
        print(f"python {how} {mode}: a misspelled argument is an error")


async def main():
    for mode in ["legacy", "2026-07-28", "auto"]:
        await drive(*sys.argv[1:4], mode)


asyncio.run(main())
