"""A browser, and the real service on a free port with the bundled model and a small index."""

from __future__ import annotations

import shutil

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


@pytest.fixture
def open_page(browser, address):
    """Opens the page in a fresh profile. At the end of the test nothing may have broken the
    content security policy, failed in a script, or gone to another origin."""
    contexts, broken, foreign = [], [], []

    def watch_console(message):
        if "Content Security Policy" in message.text:
            broken.append(message.text)

    def watch_request(request):
        if not request.url.startswith((address, "blob:")):
            foreign.append(request.url)

    def open_(*, width=1280, height=900, prepare=None, path="/", ready=True, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", watch_console)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("request", watch_request)
        if prepare is not None:
            prepare(page)
        page.goto(address + path)
        if ready:
            page.locator("body[data-ready]").wait_for()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert broken == []
    assert foreign == []
