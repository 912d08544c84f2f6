"""The command itself: several workers, one of them killed, and SIGTERM under load."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter

import psutil
import pytest
from liangxing.client import Client, ServiceError, UnavailableError

pytestmark = pytest.mark.slow
CASE = {
    "fact": "2022年5月6日，被告人赵某甲窃得手机三部，价值人民币42000元，到案后自愿认罪认罚。",
    "charges": ["盗窃"],
}
PATIENCE = 300
ASKING = 8


class Running:
    """`liangxing serve` with two workers, and its log as it is written."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        arguments = ["serve", "--port", str(self.port), "--workers", "2", "--deadline", "120"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "liangxing.cli", *arguments],
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[dict] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stderr:
            self._lines.put(json.loads(line))

    def wait_for(self, event: str) -> dict:
        while True:
            line = self._lines.get(timeout=PATIENCE)
            if line["event"] == event:
                return line

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "spawn_main" in " ".join(child.cmdline())]

    def client(self) -> Client:
        return Client(f"http://127.0.0.1:{self.port}", retries=0, timeout=PATIENCE)


@pytest.fixture
def running():
    service = Running()
    try:
        for _ in range(2):
            service.wait_for("model loaded")
            service.wait_for("Application startup complete.")
        yield service
    finally:
        # A supervisor that is killed takes nobody with it.
        workers = service.workers() if service.process.poll() is None else []
        service.process.kill()
        service.process.wait(PATIENCE)
        for worker in workers:
            worker.kill()


class Load:
    """Clients that ask until they are told to stop; `outcomes` counts what they got."""

    def __init__(self, service: Running) -> None:
        self.outcomes: Counter[str] = Counter()
        self.stop = threading.Event()
        self._first = threading.Semaphore(0)
        self._threads = [
            threading.Thread(target=self._ask, args=(service,)) for _ in range(ASKING)
        ]
        for thread in self._threads:
            thread.start()

    def _ask(self, service: Running) -> None:
        with service.client() as client:
            while not self.stop.is_set():
                try:
                    client.predict(CASE)
                    self.outcomes["answered"] += 1
                except UnavailableError as error:
                    self.outcomes["refused" if error.status else "lost"] += 1
                    if not error.status and self.stop.is_set():
                        return
                except ServiceError as error:
                    self.outcomes[error.kind] += 1
                self._first.release()

    def until(self, answers: int) -> None:
        for _ in range(answers):
            assert self._first.acquire(timeout=PATIENCE)

    def end(self) -> Counter[str]:
        self.stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        return self.outcomes


def test_a_killed_worker_loses_its_requests_in_flight_and_is_replaced(running):
    load = Load(running)
    load.until(20)
    before = running.workers()
    assert len(before) == 2
    os.kill(before[0].pid, signal.SIGKILL)
    running.wait_for("model loaded")
    load.until(40)
    outcomes = load.end()
    assert set(outcomes) <= {"answered", "lost"}
    assert outcomes["lost"] <= ASKING
    assert outcomes["answered"] >= 60 - ASKING
    after = running.workers()
    assert len(after) == 2
    assert before[0] not in after


def test_sigterm_answers_what_was_accepted_and_then_ends(running):
    load = Load(running)
    load.until(10)
    load.stop.set()
    running.process.send_signal(signal.SIGTERM)
    outcomes = load.end()
    assert running.process.wait(PATIENCE) == 0
    # A request that came after the door was shut is lost; none was begun and dropped.
    assert set(outcomes) <= {"answered", "lost"}
    assert outcomes["answered"] >= 10
