"""The service on loopback under twice the load it can bear.

    python benchmarks/load.py --seconds 300 --workers 2
    python benchmarks/load.py --seconds 60 --kill 30

First the capacity is measured: as many clients as keep every worker busy, each asking again when
it is answered. Then requests come at a fixed rate of FACTOR times that, whether answers come or
not. Every request must be answered, by 200 or 503. `--kill N` kills a worker after N seconds;
then only its requests in flight may go unanswered.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter

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


class Tally:
    """What came of the requests."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.seconds: list[float] = []

    async def ask(self, client: httpx2.AsyncClient, number: int) -> None:
        begun = time.perf_counter()
        try:
            answer = await client.post("/v1/predict", json={"case": CASES[number % len(CASES)]})
        except httpx2.TransportError as error:
            self.outcomes[type(error).__name__] += 1
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


async def measure(arguments: argparse.Namespace, port: int, server: psutil.Process) -> int:
    limits = httpx2.Limits(max_connections=2000, max_keepalive_connections=100)
    base = f"http://127.0.0.1:{port}"
    async with httpx2.AsyncClient(base_url=base, timeout=PATIENCE, limits=limits) as client:
        await ready(client, arguments.workers, server)
        able = await capacity(client, 2 * arguments.workers, arguments.warm)
        rate = arguments.factor * able
        print(f"capacity {able:.1f} predictions/s; now {rate:.1f} requests/s")
        tally, memory = Tally(), list[tuple[float, float]]()
        watching = asyncio.create_task(watch(server, memory))
        killing = asyncio.create_task(kill(server, arguments.kill)) if arguments.kill else None
        sent = await flood(client, tally, rate, arguments.seconds)
        watching.cancel()
        if killing is not None:
            await killing
        figures = (await client.get("/metrics")).text
    return report(arguments, sent, tally, memory, figures)


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
) -> int:
    late = memory[len(memory) // 3 :]
    slope = statistics.linear_regression(*zip(*late, strict=True)).slope if late[1:] else 0.0
    quantiles = statistics.quantiles(tally.seconds, n=100)
    open_now = next(
        line for line in figures.splitlines() if line.startswith("liangxing_accepted_requests")
    )
    other = {k: n for k, n in tally.outcomes.items() if k[:3] not in ("200", "503")}
    print(f"sent {sent}; {dict(tally.outcomes)}")
    print(f"answered {tally.outcomes.total() - sum(other.values())}, otherwise {other}")
    print(
        f"answered with 200 in p50 {quantiles[49]:.2f} s, p99 {quantiles[98]:.2f} s, "
        f"most {max(tally.seconds):.2f} s; deadline {arguments.deadline:g} s"
    )
    print(f"{len(tally.seconds) / arguments.seconds:.1f} predictions/s under load")
    print(
        f"memory of the workers: first {memory[0][1]:.0f} MiB, last {memory[-1][1]:.0f} MiB, "
        f"slope of the last two thirds {slope * 60:+.2f} MiB/min"
    )
    print(open_now)
    return 1 if other and not arguments.kill else 0


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
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            return asyncio.run(measure(arguments, port, psutil.Process(server.pid)))
        finally:
            server.terminate()
            print(f"exit code after SIGTERM: {server.wait(PATIENCE)}")


if __name__ == "__main__":
    sys.exit(main())
