"""The page: whole, on its own, and showing what the records say, letter by letter."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.verify.report.cases import HOSTILE, RUN, run
from tests.verify.report.pages import Page
from verify.report import ReportError, write
from verify.report.html import duration, render
from verify.report.model import VERDICTS


@pytest.fixture(scope="module")
def html() -> str:
    return render(RUN)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_reader_of_pages_sees_faults() -> None:
    assert Page("<p><b>x</p>").faults and Page("<p>").faults and Page("</p>").faults
    assert not Page("<p><br>x</p>").faults
    assert Page("<p onclick='x'>").handlers


def test_every_element_is_closed_where_it_was_opened(page: Page) -> None:
    assert page.faults == []


def test_nothing_is_asked_of_the_network(html: str, page: Page) -> None:
    assert [link for link in page.links if not link.startswith("#")] == []
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", html)
    assert {"link", "img", "iframe", "object", "base"}.isdisjoint(page.elements)
    assert "default-src &#39;none&#39;" in html


def test_links_inside_the_page_lead_somewhere(page: Page) -> None:
    assert {link.removeprefix("#").split("?")[0] for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_formulas_are_xml(html: str) -> None:
    formulas = re.findall(r"<math.*?</math>", html, re.DOTALL)
    assert len(formulas) > 30
    for formula in formulas:
        ElementTree.fromstring(formula)


def test_no_text_becomes_an_element_or_a_handler(html: str, page: Page) -> None:
    assert page.elements.count("script") == 1
    assert page.handlers == []
    assert "alert('x')" not in html.replace("&#39;", "'").replace("&lt;script&gt;alert('x')", "")
    assert {"b", "i", "u"}.isdisjoint(page.elements)
    assert page.text.count(HOSTILE) >= 12


def test_the_policy_fits_the_style_and_the_script(html: str) -> None:
    for name in ("style", "script"):
        (body,) = re.findall(rf"<{name}>(.*?)</{name}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in unescape(html)


def test_every_claim_has_its_section_in_the_order_of_concern(html: str) -> None:
    shown = re.findall(r'<article class="claim [^>]* data-verdict="([^"]*)"', html)
    assert len(shown) == len(RUN["claims"])
    rank = [list(VERDICTS).index(verdict) for verdict in shown]
    assert rank == sorted(rank)
    assert html.index('id="errata"') < html.index("<article")
    assert html.index('id="gaps"') > html.rindex("<article")


def test_a_verdict_is_a_word_and_not_a_colour(page: Page) -> None:
    for verdict in VERDICTS:
        assert verdict in page.text


@pytest.mark.parametrize("text", [
    "From the square", "differentiate", "needed", "unused", "unknown", "certificate: squares", "sympy 1.14.0", "seed 7",
    "mirrorproof run plain --seconds 8 --seed 20250101", "A factor is missing.", "0123456789abcdef", "1 caught",
    "ended in a conflict or an error", "By itself certified", "Why: the worker died",
])  # fmt: skip
def test_what_is_recorded_is_shown(page: Page, text: str) -> None:
    assert text in " ".join(page.text.split())


def test_an_alarm_is_raised_only_where_the_tool_failed() -> None:
    assert "ended in a conflict" not in render(run("plain", "wrong"))
    assert "interrupted" in render(run("plain") | {"interrupted": True})
    assert "interrupted" not in render(run("plain"))


def test_it_has_landmarks_and_headings_in_order(html: str, page: Page) -> None:
    assert {"header", "nav", "main", "footer", "search"} <= set(page.elements)
    assert page.elements.count("h1") == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert html.count("<input") + html.count("<select") == html.count("<label")


def test_an_empty_run_is_a_page_too() -> None:
    page = Page(render(run("no such claim")))
    assert page.faults == []
    assert "No claim was verified" in page.text


def test_writing_it_gives_the_path_and_a_refusal_is_one_line(tmp_path: Path) -> None:
    assert write(RUN, tmp_path / "new") == tmp_path / "new" / "report.html"
    assert write(RUN, tmp_path / "x.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    for results, format in ((tmp_path / "absent.json", "html"), (RUN, "docx")):
        with pytest.raises(ReportError) as caught:
            write(results, tmp_path, format)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.042, "0.04 s"), (12.4, "12 s"), (200, "3 min 20 s"), (7300, "2 h 1 min")]
)
def test_durations_are_readable(seconds: float, text: str) -> None:
    assert duration(seconds) == text
