"""When connections are closed, and when they must not be."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import httpx2
import uvicorn
from liangxing.service.protocol import TimedProtocol
from liangxing.service.run import server_options
from liangxing.service.settings import Settings
from uvicorn.server import ServerState

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 204})
    await send({"type": "http.response.body"})


@contextlib.asynccontextmanager
async def connected() -> AsyncIterator[tuple[socket.socket, TimedProtocol, ServerState]]:
    """A client's socket and the protocol at its other end, on the running loop."""
    config = uvicorn.Config(app, **server_options(Settings()))
    config.load()
    state, loop = ServerState(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: TimedProtocol(config, state, {}), "127.0.0.1", 0)
    client = socket.create_connection(server.sockets[0].getsockname())
    client.setblocking(False)
    await until(lambda: bool(state.connections))
    try:
        yield client, next(iter(state.connections)), state  # type: ignore[misc]
    finally:
        client.close()
        server.close()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)


def on_a_loop(coroutine: Coroutine) -> None:
    # In a thread of its own: the browser of the page's tests keeps a loop in this one.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, coroutine).result(60)


def test_a_request_that_came_while_the_service_was_held_up_is_answered():
    async def held_up() -> None:
        loop = asyncio.get_running_loop()
        async with connected() as (client, _, _):
            client.sendall(REQUEST)
            before = loop.time
            # Nothing ran for a minute: every timer is due when the loop goes on.
            loop.time = lambda: before() + 60  # type: ignore[method-assign]
            assert (await loop.sock_recv(client, 100)).startswith(b"HTTP/1.1 204")

    on_a_loop(held_up())


def test_of_a_connection_that_was_reset_no_timer_remains():
    async def reset() -> None:
        async with connected() as (client, protocol, state):
            client.sendall(REQUEST)
            await until(lambda: protocol.timeout_keep_alive_task is not None)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            await until(lambda: not state.connections)
            assert protocol.timeout_keep_alive_task is None

    on_a_loop(reset())


def test_the_service_keeps_an_idle_connection_longer_than_the_client_does():
    kept = server_options(Settings())["timeout_keep_alive"]
    assert kept > httpx2.Limits().keepalive_expiry
