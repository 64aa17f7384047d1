"""The report as PDF, set by Typst: formulas as real mathematics, drawings as vectors, links and bookmarks.

It is tagged as PDF/UA-1 asks (ISO 14289-1): headings, tables with their heads, links, a language, a title, and words
for every formula and drawing. Tags are many; pikepdf, where it is installed, packs them to a third of the size.

Typst comes as one wheel that needs neither LaTeX, nor a browser, nor a library of the system (WeasyPrint needs Pango),
with its fonts in it, so that the same records give the same pages everywhere. Nothing is fetched: no package is used
and the document is one source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
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
        made = compiled(source, str(results.get("created") or ""))
    except typst.TypstError as error:
        raise ReportError(f"Typst refused the report: {' '.join(str(error).split())}") from None
    target.write_bytes(packed(made))


def compiled(source: str, created: str = "") -> bytes:
    """The document as tagged PDF, dated as the run was; untagged where its records have what cannot be tagged."""
    import typst

    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        when = None
    given: dict[str, Any] = {"ignore_system_fonts": True, "format": "pdf", "timestamp": when and int(when.timestamp())}
    try:
        return bytes(typst.compile(source.encode(), pdf_standards=["ua-1"], **given))
    except typst.TypstError as error:
        if not str(error).startswith("PDF/UA"):
            raise
        return bytes(typst.compile(source.encode(), pdf_tags=False, **given))


def packed(made: bytes) -> bytes:
    """The same document with its objects in compressed streams, where pikepdf is installed."""
    try:
        import pikepdf
    except ImportError:
        return made
    out = BytesIO()
    with pikepdf.open(BytesIO(made)) as whole:
        whole.save(
            out, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True, deterministic_id=True,
            fix_metadata_version=False,
        )  # fmt: skip
    return out.getvalue()
