"""Draws ``docs/report.png``, the picture of the report on the front page, from the results of a run.

    python docs/picture.py [--results .mirrorproof/results.json] [--claim mf-tab1-hom-phi] [--out docs/report.png]

The report is written and opened in headless Chromium; its cover and one claim are put side by side, in a palette so
that the file stays small. Needs playwright, Pillow and a Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

from verify.report import write
from verify.report.model import anchor_of

HERE = Path(__file__).resolve().parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
HEIGHT, COVER, CLAIM, GAP = 640, 540, 960, 16  # pixels
COLOURS = 200
MOST_BYTES = 150_000
WAIT = 300_000  # milliseconds, on a busy machine
STYLE = """.theme, .skip, .filter, .contents, #overview h2 { display: none !important }
.cover { padding-top: 1rem !important }
.parted { grid-template-columns: 1fr 1fr !important } .claim:target { box-shadow: none !important }
html { scroll-padding-top: 12px !important }"""
BESIDE = """<body style="margin:0;display:flex;gap:{gap}px;background:#d9d5ca;padding:{gap}px;width:max-content">
<img src="data:image/png;base64,{cover}" style="border-radius:6px"><img src="data:image/png;base64,{claim}"
style="border-radius:6px"></body>"""


def shots(browser: Any, page: Path, claim: str) -> tuple[bytes, bytes]:
    """The top of the cover, and the claim with its correction beside it, each in a window of its own width."""
    # the page allows no style but its own; these few are for the picture alone
    shown = browser.new_page(viewport={"width": COVER, "height": HEIGHT}, color_scheme="light", bypass_csp=True)
    shown.goto(page.as_uri(), timeout=WAIT)
    shown.add_style_tag(content=STYLE)
    cover = shown.screenshot()
    shown.set_viewport_size({"width": CLAIM, "height": HEIGHT})
    anchor = f"claim-{anchor_of(claim)}"
    shown.evaluate("(anchor) => { location.hash = anchor }", anchor)
    shown.evaluate("(anchor) => document.getElementById(anchor).scrollIntoView()", anchor)
    shown.wait_for_timeout(300)
    shown.evaluate("(anchor) => document.getElementById(anchor).scrollIntoView()", anchor)
    return cover, shown.screenshot()


def drawn(results: Path, claim: str) -> bytes:
    """The picture as PNG."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    executable = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as engine:
        page = write(results, folder)
        browser = engine.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        both = [b64encode(shot).decode() for shot in shots(browser, page, claim)]
        beside = browser.new_page(viewport={"width": COVER + CLAIM + 3 * GAP, "height": HEIGHT + 2 * GAP})
        beside.set_content(BESIDE.format(gap=GAP, cover=both[0], claim=both[1]))
        beside.wait_for_timeout(200)
        whole = Image.open(BytesIO(beside.screenshot()))
        browser.close()
    small = BytesIO()
    palette = whole.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    palette.save(small, "PNG", optimize=True)
    return small.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=Path(".mirrorproof/results.json"))
    parser.add_argument("--claim", default="mf-tab1-hom-phi")
    parser.add_argument("--out", type=Path, default=HERE / "report.png")
    chosen = parser.parse_args()
    picture = drawn(chosen.results, chosen.claim)
    if len(picture) > MOST_BYTES:
        sys.exit(f"the picture takes {len(picture)} bytes, more than {MOST_BYTES}")
    chosen.out.write_bytes(picture)
    print(f"{chosen.out}: {len(picture)} bytes")


if __name__ == "__main__":
    main()
