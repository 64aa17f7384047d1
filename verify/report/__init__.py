"""The proof report: what the records say, set out for a reader. Nothing is judged again here.

    write(results, "report")                    # report/report.html, one self-contained file
    write(results, "report", "ipynb")           # report/report.ipynb, executed, with its records beside it
    write(results, "report", "ipynb.html")      # the executed notebook as a page
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["FORMATS", "ReportError", "write"]

# format, which is also how the name of the file ends -> the function that writes it
FORMATS = {
    "html": "verify.report.html:write",
    "ipynb": "verify.report.notebook:write",
    "ipynb.html": "verify.report.notebook:write_html",
    "pdf": "verify.report.pdf:write",
}


class ReportError(ValueError):
    """A report that could not be written; the message is one line."""


def write(
    results: Path | str | Mapping[str, Any], out: Path | str, format: str = "html",
    since: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:  # fmt: skip
    """Writes the report of a run and returns the path of its file.

    results: what ``verify.records.results`` gives, or the path of a results file. out: the file to write where its
    name ends in the format, else the folder for ``report.<format>``. since: earlier results, or the claims of a lock
    file, by what they are called; the report tells what changed since then. Raises ``ReportError`` where that cannot
    be done.
    """
    from verify.records import read_results

    if format not in FORMATS:
        raise ReportError(f"no report format {format!r}; there are {', '.join(FORMATS)}")
    try:
        whole = results if isinstance(results, Mapping) else read_results(Path(results))
    except ValueError as error:
        raise ReportError(str(error)) from None
    target = Path(out)
    if not target.name.endswith(f".{format}"):
        target = target / f"report.{format}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        module, function = FORMATS[format].split(":")
        changed = [_changes(whole, earlier, name) for name, earlier in (since or {}).items()]
        getattr(importlib.import_module(module), function)(whole, target, changed)
    except OSError as error:
        raise ReportError(f"{target}: {error.strerror or error}") from None
    return target


def _changes(whole: Mapping[str, Any], earlier: Mapping[str, Any], name: str) -> Any:
    from verify.report.cover import changes

    return changes(whole, earlier, name)
