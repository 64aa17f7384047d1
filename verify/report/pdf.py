"""The report as PDF: the HTML page printed by a Chromium that is installed on the machine, without the network.

On paper the mutants and the texts as typed are left out; the page has them, and is the form for screen readers.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from verify.report import ReportError
from verify.report.cover import Changes
from verify.report.html import render

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
SECONDS = 180


def browser() -> str | None:
    """The path of a browser that can print, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def write(results: Mapping[str, Any], target: Path, changed: Sequence[Changes] = ()) -> None:
    """Prints the report to the file; raises ``ReportError`` where no Chromium is there or it fails."""
    program = browser()
    if program is None:
        raise ReportError("no Chromium to print with: install chromium, or print the HTML report from a browser")
    with tempfile.TemporaryDirectory() as folder:
        page, printed = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(render(results, changed), encoding="utf-8")
        command = [
            program, "--headless", "--disable-gpu", "--no-pdf-header-footer", "--disable-extensions",
            "--disable-pdf-tagging",  # every sign of a formula would get a tag: five times the size
            f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}", page.as_uri(),
        ]  # fmt: skip
        if getattr(os, "geteuid", lambda: 1)() == 0:
            command.insert(1, "--no-sandbox")  # Chromium has no sandbox for root; the page is our own
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise ReportError(f"{program} did not print within {SECONDS} s") from None
        if not printed.is_file():
            raise ReportError(f"{program} printed nothing")
        shutil.move(printed, target)
