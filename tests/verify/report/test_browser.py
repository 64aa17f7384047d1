"""The page in a browser: search, filters, focus, links to views, keys, print; no error, and nothing asked of a network.

Needs playwright (the extra browser) and a Chromium that is installed; run with -m slow.
"""

from __future__ import annotations

import importlib.util
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.verify.report.cases import HOSTILE, RUN, record, statement
from verify.report import write

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("playwright") is None, reason="playwright (extra browser) is absent"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
SECONDS = 2.0  # to open 450 claims
WRITING = 20.0  # to write them


def large(count: int = 450) -> dict[str, Any]:
    """A run of so many claims: a forest with a few long chains, statements and evidence of the usual size."""
    verdicts = ("holds", "holds", "fails", "undecided")
    tiers = {"holds": "certified", "fails": "certified", "undecided": "none"}
    claims = []
    for k in range(count):
        verdict = verdicts[k % 4]
        lower = [f"claim-{(k - 1) // 3}"] if k % 5 and k else []
        given = ["x real", "q real", "1 < q", "q <= 2", f"x != {k}"]
        left = f"diff(abs(x)**q/q, x) + {k}*sqrt(x**2 + 1)/(1 + x**2)"
        claim = f"{left} <= sign(x)*abs(x)**(q - 1) + {k}/(1 + abs(x))**(q/2)"
        claims.append(
            record(
                f"claim-{k}", verdict, tiers[verdict], rests_on=lower, paper=("one", "two")[k % 2],
                place=f"Lemma {k % 40}.{k % 7}", statement=statement(claim, given), seconds=0.1,
                hypotheses=[{"text": "1 < q", "mark": "needed", "counterexample": {"q": "1"}}],
                derivation={"title": "by rules", "steps": [
                    {"rule": "differentiate", "before": "R(x)", "after": left, "conditions": ["x != 0"]}
                ] * 4},
            )
        )  # fmt: skip
    return RUN | {"claims": claims}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        found = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def test_writing_takes_no_longer_than_it_may(tmp_path: Path) -> None:
    whole, begun = large(), time.process_time()
    write(whole, tmp_path)
    assert time.process_time() - begun < WRITING


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return Path(write(large(), tmp_path_factory.mktemp("report"))).as_uri()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that tells afterwards of every console message, uncaught error and request but the one for the file."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    shown = context.new_page()
    heard: list[str] = []
    shown.on("console", lambda message: heard.append(message.text))
    shown.on("pageerror", lambda error: heard.append(str(error)))
    shown.on("request", lambda request: None if request.is_navigation_request() else heard.append(request.url))
    yield shown
    context.close()
    assert heard == []


def visible(page: Any) -> int:
    return int(page.locator("article.claim:not([hidden])").count())


def test_the_page_tells_of_what_goes_wrong(browser: Any) -> None:
    heard: list[str] = []
    shown = browser.new_page()
    shown.on("console", lambda message: heard.append(message.text))
    shown.set_content("<script>console.error('seen')</script>")
    assert heard == ["seen"]


def test_it_opens_at_once(page: Any, address: str) -> None:
    times = []
    for _ in range(3):
        page.goto(address)
        times.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"))
    assert min(times) < SECONDS


def test_search_and_filters_narrow_and_their_address_restores_them(page: Any, address: str) -> None:
    page.goto(address)
    assert visible(page) == 450
    page.fill("#filter-text", "claim-44")
    shown = page.locator("article.claim:not([hidden])").evaluate_all("all => all.map(a => a.textContent)")
    assert 11 <= len(shown) < 30 and all("claim-44" in text for text in shown)  # what leans on them names them too
    page.fill("#filter-text", "")
    page.select_option("#filter-verdict", "fails")
    page.select_option("#filter-paper", "one")
    page.fill("#filter-place", "Lemma 2.2")
    few = visible(page)
    assert 0 < few < 20
    assert page.locator("#filter-count").inner_text() == f"{few} of 450"
    page.goto("about:blank")
    page.goto(f"{address}#claims?verdict=fails&paper=one&place=Lemma+2.2")
    assert visible(page) == few and page.input_value("#filter-verdict") == "fails"
    page.fill("#filter-text", "no such words")
    assert visible(page) == 0 and page.locator("section.group:not([hidden])").count() == 0
    page.select_option("#filter-tier", "certified")
    assert "tier=certified" in page.url


def test_what_is_folded_is_searched_and_unfolds(page: Any, address: str) -> None:
    page.goto(address)
    page.fill("#filter-text", "differentiate claim-7")
    assert 11 <= visible(page) < 60
    page.fill("#filter-text", "differentiates")
    assert visible(page) == 0
    page.fill("#filter-text", "differentiate")
    assert visible(page) == 450
    claim = page.locator("#claim-claim-7")
    assert claim.locator("table").count() == 0
    claim.locator("summary", has_text="Derivation").click()
    assert claim.locator(".derivation td.rule").count() == 4 and claim.locator(".derivation math").count() > 4


def test_a_link_to_a_hidden_claim_lifts_the_filter(page: Any, address: str) -> None:
    page.goto(f"{address}#claims?verdict=fails")
    assert page.locator("#claim-claim-0").is_hidden()
    page.evaluate("location.hash = '#claim-claim-0'")
    page.wait_for_function("!document.querySelector('#claim-claim-0').hidden")
    assert page.input_value("#filter-verdict") == ""
    page.evaluate("location.hash = '#claims?text=nothing+says+this'")
    page.wait_for_function("document.querySelectorAll('article.claim:not([hidden])').length === 0")
    page.evaluate("location.hash = '#claim-claim-301'")  # far down, among claims that were never drawn
    page.wait_for_function("""() => {
      const { top } = document.querySelector('#claim-claim-301').getBoundingClientRect();
      return Math.abs(top - parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop)) < 2;
    }""")
    page.evaluate("location.hash = '#%E0%A4%A'")  # no such place, nor a fault


def test_a_link_to_what_is_not_established_opens_it(page: Any, address: str) -> None:
    page.goto(address)
    gap = page.locator("#gap-undecided")
    assert not gap.evaluate("part => part.open")
    page.locator(".not-established a", has_text="Undecided").click()
    page.wait_for_function("document.querySelector('#gap-undecided').open")


def test_the_graph_shows_a_claim_with_what_it_leans_on_and_carries(page: Any, address: str) -> None:
    page.goto(address)
    assert page.locator(".network .node:not(.away)").count() == 450
    page.goto(f"{address}#graph?focus=claim-7&depth=1")
    around = page.locator(".network .node:not(.away)").evaluate_all("nodes => nodes.map(n => n.dataset.id).sort()")
    assert around == ["claim-2", "claim-22", "claim-23", "claim-24", "claim-7"]
    page.uncheck("#graph-above")
    assert page.locator(".network .node:not(.away)").count() == 2 and "above=no" in page.url
    page.check("#graph-above")
    page.select_option("#graph-depth", "all")
    assert page.locator(".network .node:not(.away)").count() > 6
    page.select_option("#graph-verdict", "fails")
    assert all(
        data["verdict"] == "fails" or data["id"] == "claim-7"
        for data in page.locator(".network .node:not(.away)").evaluate_all("nodes => nodes.map(n => ({...n.dataset}))")
    )
    page.click("#graph-whole")
    assert page.locator(".network .node:not(.away)").count() == 450 and page.url.endswith("#graph")


def test_a_click_focuses_and_the_way_back_is_kept(page: Any, address: str) -> None:
    page.goto(f"{address}#graph?focus=claim-7&depth=1")
    page.locator("#node-claim-claim-2").click()
    assert page.input_value("#graph-focus") == "claim-2" and "focus=claim-2" in page.url
    assert "Read claim-2" in page.locator("#graph-told").inner_text()
    page.go_back()
    page.wait_for_function("document.querySelector('#graph-focus').value === 'claim-7'")
    page.locator("#graph-told a", has_text="claim-22").click()
    page.wait_for_function("document.querySelector('#graph-focus').value === 'claim-22'")


def test_the_keys_walk_the_graph(page: Any, address: str) -> None:
    page.goto(f"{address}#graph?focus=claim-7&depth=1")
    assert page.locator(".network .node[tabindex='0']").count() == 1
    page.locator("#node-claim-claim-7").focus()
    walked = []
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
        walked.append(page.evaluate("document.activeElement.dataset.id"))
    children = {"claim-22", "claim-23", "claim-24"}
    assert walked[0] in children and walked[1] in children - {walked[0]} and walked[2:] == ["claim-7", "claim-2"]
    page.keyboard.press("Enter")
    assert page.input_value("#graph-focus") == "claim-2"
    page.keyboard.press("Escape")
    assert page.input_value("#graph-focus") == "" and page.locator(".network .node:not(.away)").count() == 450
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("claim-2: ")


def test_the_graph_answers_at_once(page: Any, address: str) -> None:
    page.goto(address)
    taken = min(page.evaluate("""() => {
      const start = performance.now();
      for (const id of ["claim-1", "claim-7", "claim-20", ""]) {
        const focus = document.querySelector("#graph-focus");
        focus.value = id;
        focus.dispatchEvent(new Event("input", {bubbles: true}));
        document.querySelector(".network").getBoundingClientRect();
      }
      return (performance.now() - start) / 4;
    }""") for _ in range(3))
    assert taken < 200  # milliseconds for a view


def test_light_and_dark_and_narrow(page: Any, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    colour = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(colour)
    page.click(".theme")
    assert page.evaluate(colour) != dark
    for width in (360, 800, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_printing_unfolds_and_leaves_out_the_controls(page: Any, address: str) -> None:
    page.goto(address)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#claim-claim-7 .derivation td.rule").count() == 4
    assert page.locator(".filter").is_hidden() and page.locator(".controls").is_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.locator("#claim-claim-7 .derivation").evaluate("part => part.open")


def test_printing_unfolds_the_settings_of_experiments(page: Any, tmp_path: Path) -> None:
    page.goto(Path(write(RUN | {"claims": [record("a", "holds", paper="never-saddle")]}, tmp_path)).as_uri())
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    folded = ".experiment details:not([open])"
    assert page.locator(".experiment details[open] tr.k-different").count() > 3
    assert page.locator(folded).count() == page.locator(f"{folded}.aloof").count() > 0  # everything measured
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(folded).count() > page.locator(f"{folded}.aloof").count()


def test_without_a_script_everything_is_there(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(address)
    assert shown.locator("#claim-claim-7 .derivation td.rule").count() == 4
    assert shown.locator(".filter").is_hidden()
    assert shown.locator("#node-claim-claim-7").get_attribute("href") == "#claim-claim-7"
    context.close()


def test_hostile_records_stay_text_when_they_unfold(page: Any, tmp_path: Path) -> None:
    page.goto(Path(write(RUN, tmp_path)).as_uri())
    page.click("#open-all")
    page.wait_for_function("!document.querySelector('article.claim noscript')")
    assert page.locator("script").count() == 1
    hostile = page.locator("article.claim").filter(has_text="name with spaces")
    assert HOSTILE in (hostile.locator(".evidence").text_content() or "")
    assert hostile.locator("b, i, u, img").count() == 0
