"""The service on loopback under twice the load it can bear.

    python benchmarks/load.py --seconds 300 --workers 2
    python benchmarks/load.py --seconds 60 --kill 30

First the capacity is measured: as many clients as keep every worker busy, each asking again when
it is answered. Then requests come at a fixed rate of FACTOR times that, whether answers come or
not. Every request must be answered, by 200 or 503, the accepted ones within the deadline.
`--kill N` kills a worker after N seconds; then only its requests in flight may go unanswered.

Client and service share the machine. The client asks the system to be preferred, and prints how
late its own loop ran: its times are too long by as much. Beside them stand the times that the
service logged.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import httpx2
import psutil

CASES = [
    {"fact": "2022年5月6日，被告人赵某甲窃得手机一部，价值人民币4200元。", "charges": ["盗窃"]},
    {"fact": "2021年3月，被告人钱某乙酒后驾驶机动车，血液酒精含量为142mg/100ml，到案后如实供述。"},
    {
        "fact": "被告人孙某丙持木棍将李某丁打伤，经鉴定为轻伤二级，案发后赔偿并取得谅解。" * 8,
        "charges": ["故意伤害"],
    },
    {"fact": "2020年10月，被告人周某戊以投资为名骗取被害人人民币35万元，后退赔10万元。" * 4},
]
PATIENCE = 60.0
MIB = 1 << 20
ROUTE = "/v1/predict"
# Below the service's, which else may close a connection at the moment it is used again.
KEEP_ALIVE = 2.0
TICK = 0.02


class Tally:
    """What came of the requests."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.seconds: list[float] = []

    async def ask(self, client: httpx2.AsyncClient, number: int) -> None:
        begun = time.perf_counter()
        try:
            answer = await client.post(ROUTE, json={"case": CASES[number % len(CASES)]})
        except httpx2.TransportError as error:
            self.outcomes[type(error).__name__] += 1
            after = time.perf_counter() - begun
            print(f"request {number}: {type(error).__name__} after {after:.3f} s: {error}")
            return
        kind = "" if answer.status_code == 200 else f" {answer.json()['type'].rpartition(':')[2]}"
        self.outcomes[f"{answer.status_code}{kind}"] += 1
        if answer.status_code == 200:
            self.seconds.append(time.perf_counter() - begun)


async def capacity(client: httpx2.AsyncClient, clients: int, seconds: float) -> float:
    tally, until = Tally(), time.perf_counter() + seconds

    async def one(number: int) -> None:
        while time.perf_counter() < until:
            await tally.ask(client, number)
            number += 1

    await asyncio.gather(*(one(number) for number in range(clients)))
    return tally.outcomes["200"] / seconds


async def flood(client: httpx2.AsyncClient, tally: Tally, rate: float, seconds: float) -> int:
    begun, sent = time.perf_counter(), 0
    async with asyncio.TaskGroup() as group:
        while (now := time.perf_counter() - begun) < seconds:
            while sent < now * rate:
                group.create_task(tally.ask(client, sent))
                sent += 1
            await asyncio.sleep(0.01)
    return sent


async def watch(server: psutil.Process, memory: list[tuple[float, float]]) -> None:
    while True:
        memory.append((time.perf_counter(), sum(size(p) for p in workers_of(server))))
        await asyncio.sleep(1)


async def lag(late: list[float]) -> None:
    """How late the client's own loop runs."""
    while True:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - due)


async def kill(server: psutil.Process, after: float) -> None:
    await asyncio.sleep(after)
    victim = workers_of(server)[0]
    print(f"killed worker {victim.pid}")
    os.kill(victim.pid, signal.SIGKILL)


def workers_of(server: psutil.Process) -> list[psutil.Process]:
    return [p for p in server.children() if "spawn_main" in " ".join(p.cmdline())] or [server]


def size(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / MIB
    except psutil.NoSuchProcess:
        return 0.0


async def measure(
    arguments: argparse.Namespace, port: int, server: psutil.Process, log: Path
) -> int:
    limits = httpx2.Limits(
        max_connections=2000, max_keepalive_connections=100, keepalive_expiry=KEEP_ALIVE
    )
    base = f"http://127.0.0.1:{port}"
    print("load average before the start: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))
    async with httpx2.AsyncClient(base_url=base, timeout=PATIENCE, limits=limits) as client:
        await ready(client, arguments.workers, server)
        able = await capacity(client, 2 * arguments.workers, arguments.warm)
        rate = arguments.factor * able
        print(f"capacity {able:.1f} predictions/s; now {rate:.1f} requests/s")
        before = len(logged(log))
        tally, memory, late = Tally(), list[tuple[float, float]](), list[float]()
        beside = [asyncio.create_task(watch(server, memory)), asyncio.create_task(lag(late))]
        killing = asyncio.create_task(kill(server, arguments.kill)) if arguments.kill else None
        worked = time.process_time()
        sent = await flood(client, tally, rate, arguments.seconds)
        share = (time.process_time() - worked) / arguments.seconds
        for task in beside:
            task.cancel()
        if killing is not None:
            await killing
        figures = (await client.get("/metrics")).text
    print(f"the client's loop was late by {spread(late)}; it took {share:.0%} of a core")
    return report(arguments, sent, tally, memory, figures, logged(log)[before:])


def logged(log: Path) -> list[dict]:
    """The service's lines about predictions."""
    lines = map(json.loads, log.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line.get("route") == ROUTE]


def spread(seconds: Sequence[float]) -> str:
    if len(seconds) < 2:
        return "nothing"
    quantiles = statistics.quantiles(seconds, n=100, method="inclusive")
    return f"p50 {quantiles[49]:.2f} s, p99 {quantiles[98]:.2f} s, most {max(seconds):.2f} s"


async def ready(client: httpx2.AsyncClient, workers: int, server: psutil.Process) -> None:
    """Until as many answers in a row as make it likely that every worker is ready."""
    good = 0
    while good < 8 * workers:
        assert server.is_running(), "the service did not start"
        try:
            good = good + 1 if (await client.get("/readyz")).status_code == 200 else 0
        except httpx2.TransportError:
            good = 0
        await asyncio.sleep(0.2)


def report(
    arguments: argparse.Namespace,
    sent: int,
    tally: Tally,
    memory: list[tuple[float, float]],
    figures: str,
    lines: list[dict],
) -> int:
    late = memory[len(memory) // 3 :]
    slope = statistics.linear_regression(*zip(*late, strict=True)).slope if late[1:] else 0.0
    open_now = next(
        line for line in figures.splitlines() if line.startswith("liangxing_accepted_requests")
    )
    other = {k: n for k, n in tally.outcomes.items() if k[:3] not in ("200", "503")}
    served = [line["seconds"] for line in lines if line["status"] == 200]
    accepted = len(served) + sum(line.get("problem") == "deadline" for line in lines)
    got = tally.outcomes["200"] + tally.outcomes["503 deadline"]
    print(f"sent {sent}; {dict(tally.outcomes)}")
    print(f"answered {tally.outcomes.total() - sum(other.values())}, otherwise {other}")
    print(f"the service accepted {accepted}, the client has answers to {got} of them")
    print(f"answered with 200, as the client saw it: {spread(tally.seconds)}")
    print(f"answered with 200, as the service did: {spread(served)}")
    print(f"deadline {arguments.deadline:g} s")
    print(f"{len(tally.seconds) / arguments.seconds:.1f} predictions/s under load")
    print(
        f"memory of the workers: first {memory[0][1]:.0f} MiB, last {memory[-1][1]:.0f} MiB, "
        f"slope of the last two thirds {slope * 60:+.2f} MiB/min"
    )
    print(open_now)
    slow = statistics.quantiles(tally.seconds, n=100, method="inclusive")[98] > arguments.deadline
    lost = bool(other) or accepted != got
    return 1 if slow or (lost and not arguments.kill) else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm", type=float, default=15, help="seconds to measure the capacity")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--factor", type=float, default=2.0)
    parser.add_argument("--deadline", type=float, default=10)
    parser.add_argument("--queue", type=int, default=16)
    parser.add_argument("--kill", type=float, help="seconds after which a worker is killed")
    parser.add_argument("--model")
    arguments = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "liangxing.cli", "serve", "--port", str(port)]
    for name in ("workers", "deadline", "queue", "model"):
        if (value := getattr(arguments, name)) is not None:
            command += [f"--{name}", str(value)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as errors, subprocess.Popen(command, stderr=errors) as server:
            prefer_this_process()
            try:
                return asyncio.run(measure(arguments, port, psutil.Process(server.pid), log))
            finally:
                server.terminate()
                print(f"exit code after SIGTERM: {server.wait(PATIENCE)}")


def prefer_this_process() -> None:
    try:
        os.nice(-10)
    except PermissionError:
        print("the client may not be preferred; its own lag counts")


if __name__ == "__main__":
    sys.exit(main())
