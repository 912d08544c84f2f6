"""A browser, and the real service on a free port with the bundled model and a small index."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

import pytest
from liangxing.predictor import SentencePredictor
from liangxing.service.settings import Settings
from liangxing.similar import JudgedCase, SimilarCases
from service_thread import served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
JUDGED = {"id": "近案一", "charges": ["盗窃"], "months": 8, "fine": 3000} | {
    "fact": "2016年6月1日，被告人郑某乙在某车站窃得手机一部，价值人民币3900元。"
}


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """The origin of a running service."""
    index = SimilarCases(SentencePredictor.load(threads=1))
    index.add(JudgedCase.from_row(JUDGED))
    folder = tmp_path_factory.mktemp("similar") / "index"
    index.save(folder)
    patient = Settings(index=folder, deadline=60, header_seconds=60)
    with served(patient) as service:
        yield service.url


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright (dev extra)")
    if CHROMIUM is None:
        pytest.skip("needs a Chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM)
        yield found
        found.close()


@dataclass(frozen=True)
class Tab:
    """One tab for all tests: opening another page in it costs half of what a new tab does."""

    page: Any
    broken: list[str]
    foreign: list[str]


@pytest.fixture(scope="session")
def tab(browser, address):
    found = Tab(browser.new_page(), [], [])

    def watch_console(message):
        if "Content Security Policy" in message.text:
            found.broken.append(message.text)

    def watch_request(request):
        if not request.url.startswith((address, "blob:")):
            found.foreign.append(request.url)

    found.page.set_default_timeout(60_000)
    found.page.on("console", watch_console)
    found.page.on("pageerror", lambda error: found.broken.append(str(error)))
    found.page.on("request", watch_request)
    yield found
    found.page.close()


@pytest.fixture
def open_page(tab, address):
    """Opens the page as a first visitor sees it. At the end of the test nothing may have broken
    the content security policy, failed in a script, or gone to another origin."""
    page = tab.page

    def open_(*, width=1280, height=900, prepare=None, path="/", ready=True):
        page.set_viewport_size({"width": width, "height": height})
        if prepare is not None:
            prepare(page)
        page.goto(address + path)
        if ready:
            page.locator("body[data-ready]").wait_for()
        return page

    yield open_
    page.unroute_all(behavior="ignoreErrors")
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    page.goto("about:blank")
    broken, foreign = [*tab.broken], [*tab.foreign]
    tab.broken.clear()
    tab.foreign.clear()
    assert broken == []
    assert foreign == []
