"""The page's script in a Chromium by itself, which needs no playwright: links to views, no error, no request.

What takes a reader's hands (keys, clicks, print) is in ``test_browser``, which is slow.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.verify.report.cases import RUN
from verify.report import write

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: the script of the page was not run")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr", "--v=0",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom")  # fmt: skip


def opened(page: Path, view: str) -> tuple[str, list[str]]:
    """The document after its script has run, and what was said on the console."""
    command = [str(CHROMIUM), *QUIET, f"--user-data-dir={page.parent / 'profile'}", f"{page.as_uri()}{view}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return write(RUN, tmp_path)


def shown(document: str) -> set[str]:
    """The claims that are not filtered away."""
    articles = re.findall(r'<article class="claim[^>]*>', document)
    assert len(articles) == len(RUN["claims"])
    return {re.findall(r'id="claim-([^"]*)"', a)[0] for a in articles if " hidden" not in a}


def test_a_link_to_a_filtered_view_shows_that_view(page: Path) -> None:
    document, console = opened(page, "#claims?verdict=fails")
    assert shown(document) == {"wrong", "unmended"} and ">2 of 9<" in document
    assert console == []


def test_a_link_to_a_view_of_the_graph_shows_that_view(page: Path) -> None:
    document, console = opened(page, "#graph?focus=plain&depth=1&above=no")
    marks = re.findall(r'<a [^>]*class="node ([^"]*)"[^>]*data-id="([^"]*)"', document)
    marks += [(c, i) for i, c in re.findall(r'<a [^>]*data-id="([^"]*)"[^>]*class="node ([^"]*)"', document)]
    assert {name for kind, name in marks if "away" not in kind} == {"plain", "weak", "wrong"}
    assert ">3 of 9 claims<" in document and "Read plain" in document
    assert console == []


def test_a_script_that_is_not_the_page_s_own_is_refused_and_that_is_seen(page: Path) -> None:
    page.write_text(page.read_text().replace("classList.add(\"scripted\")", "classList.add(\"scripted\", \"altered\")"))
    document, console = opened(page, "#claims?verdict=fails")
    assert len(shown(document)) == 9 and 'class="scripted' not in document
    assert any("Content Security Policy" in line for line in console)
