"""The report as PDF, set by Typst: formulas as real mathematics, drawings as vectors, links and bookmarks.

Typst comes as one wheel that needs neither LaTeX, nor a browser, nor a library of the system (WeasyPrint needs Pango),
with its fonts in it, so that the same records give the same pages everywhere. Nothing is fetched: no package is used
and the document is one source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from verify.report import ReportError
from verify.report.cover import Changes
from verify.report.typst_page import document


def write(results: Mapping[str, Any], target: Path, changed: Sequence[Changes] = ()) -> None:
    """Writes the PDF report to the file; raises ``ReportError`` where Typst is not installed or refuses."""
    try:
        import typst
    except ImportError:
        raise ReportError("the PDF needs typst: pip install 'mirrorproof[pdf]'") from None
    source = document(results, changed)
    try:
        # no tags: every sign of a formula would get one, five times the size; the page is the form for screen readers
        made = typst.compile(source.encode(), ignore_system_fonts=True, format="pdf", pdf_tags=False)
    except typst.TypstError as error:
        raise ReportError(f"Typst refused the report: {' '.join(str(error).split())}") from None
    target.write_bytes(made)
