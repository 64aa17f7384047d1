"""The report as an executed notebook: text from the records as they were, code cells that read them again.

The records lie beside the notebook; its first cell reads them and compares their digest with the one the text was
written from, so that text and tables cannot drift apart unnoticed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from verify.report import ReportError
from verify.report.cover import Changes
from verify.report.markdown import Writer, mathml, plain
from verify.report.model import view

if TYPE_CHECKING:
    from nbformat import NotebookNode

SECONDS = 120  # that one cell may take

READ = '''\
import hashlib, json
from collections import Counter
from pathlib import Path

data = Path({name!r}).read_bytes()
if hashlib.sha256(data).hexdigest() != {digest!r}:
    raise ValueError("the records are not those that this text was written from")
claims = json.loads(data)["claims"]
print(len(claims), "claims; sources", json.loads(data).get("code", "unknown")[:12])'''

TABLE = '''\
def table(head, rows):
    """Rows as text columns."""
    rows = [[str(cell) for cell in row] for row in [head, *rows]]
    wide = [max(len(row[k]) for row in rows) for k in range(len(head))]
    for row in rows:
        print("  ".join(cell.ljust(n) for cell, n in zip(row, wide)).rstrip())

tiers = ["formal", "certified", "symbolic", "simulated", "sampled", "none"]
counts = Counter((claim["verdict"], claim["tier"]) for claim in claims)
verdicts = sorted({verdict for verdict, _ in counts})
table(["verdict", *tiers], [[v, *(counts[v, t] for t in tiers)] for v in verdicts])'''

ERRATA = '''\
def values(point):
    return ", ".join(f"{name} = {value}" for name, value in point.items()) or "nothing is quantified"

failing = [claim for claim in claims if claim["verdict"] == "fails"]
table(
    ["claim", "place", "counterexample", "mend", "corrected"],
    [[c["id"], c.get("place", ""), values(c["counterexample"] or {}),
      *((c["corrected"]["kind"], c["corrected"]["verdict"]) if c["corrected"] else ("none", ""))] for c in failing],
)'''

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Proof report, executed</title><style>{{ style }}</style></head><body><main>{{ body }}</main></body></html>
"""

METHODS = '''\
holding = [claim for claim in claims if claim["verdict"] == "holds"]
proofs = Counter(
    method for claim in holding for method in sorted({e["method"] for e in claim["evidence"] if e["result"] == "holds"})
)
table(["what proved the claims that hold", "claims"], proofs.most_common())'''


def write(results: Mapping[str, Any], target: Path, changed: Sequence[Changes] = ()) -> None:
    """Writes the executed notebook and, beside it, its records; raises ``ReportError`` where a cell raised."""
    import nbformat

    data = json.dumps(results, ensure_ascii=False, indent=1).encode()
    records = target.with_suffix(".records.json")
    records.write_bytes(data)
    made = execute(compose(results, records.name, hashlib.sha256(data).hexdigest(), changed=changed), target.parent)
    nbformat.write(made, target)


def write_html(results: Mapping[str, Any], target: Path, changed: Sequence[Changes] = ()) -> None:
    """Writes the executed notebook as one HTML page, through nbconvert, with MathML in place of LaTeX.

    nbconvert's own page fetches MathJax and more from the network; this one takes its bare body and needs nothing.
    """
    from jinja2 import Environment
    from markupsafe import Markup
    from nbconvert import HTMLExporter

    with TemporaryDirectory() as folder:
        data = json.dumps(results, ensure_ascii=False, indent=1).encode()
        (Path(folder) / "records.json").write_bytes(data)
        cells = compose(results, "records.json", hashlib.sha256(data).hexdigest(), Writer(mathml), changed)
        body, _ = HTMLExporter(template_name="basic").from_notebook_node(execute(cells, Path(folder)))
    style = (Path(__file__).parent / "templates" / "notebook.css").read_text(encoding="utf-8")
    page = Environment(autoescape=True).from_string(PAGE)
    target.write_text(page.render(style=Markup(style), body=Markup(body)), encoding="utf-8")


def kernel_is_there() -> bool:
    return importlib.util.find_spec("ipykernel") is not None


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """The notebook after every cell was run in the folder; raises ``ReportError`` where a cell raised."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from nbconvert.preprocessors import ExecutePreprocessor

    if not kernel_is_there():
        raise ReportError("executing the notebook needs ipykernel: pip install ipykernel")
    quiet = ["--IPKernelApp.log_level=40"]
    runner = ExecutePreprocessor(
        timeout=SECONDS, kernel_name="python3", allow_errors=True, extra_arguments=quiet, startup_timeout=SECONDS
    )
    try:
        made, _ = runner.preprocess(notebook, {"metadata": {"path": str(folder)}})
    except CellTimeoutError:
        raise ReportError(f"a cell of the notebook ran longer than {SECONDS} s") from None
    except (DeadKernelError, RuntimeError) as error:
        raise ReportError(f"the kernel did not execute the notebook: {' '.join(str(error).split())}") from None
    failure = failed(made)
    if failure:
        raise ReportError(failure)
    return made


def failed(notebook: NotebookNode) -> str | None:
    """One line about the first code cell that raised or was never run; None where there is none."""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        number += 1
        for output in cell.outputs:
            if output.output_type == "error":
                return " ".join(f"code cell {number} raised {output.ename}: {output.evalue}".split())
        if cell.execution_count is None:
            return f"code cell {number} was not executed"
    return None


def compose(
    results: Mapping[str, Any], records: str, digest: str, text: Writer | None = None, changed: Sequence[Changes] = ()
) -> NotebookNode:
    """The notebook before it is executed. records: the file beside it; digest: its SHA-256; text: its writer."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    text = text or Writer()
    report = view(results)
    cells = [
        new_markdown_cell(text.cover(report, changed)),
        new_code_cell(READ.format(name=records, digest=digest)),
        new_code_cell(TABLE),
    ]
    if report.errata:
        cells += [new_markdown_cell(text.errata(report)), new_code_cell(ERRATA)]
    cells.append(new_code_cell(METHODS))
    if drawn := text.graph(report):
        cells.append(new_markdown_cell(drawn))
    for section in report.sections:
        cells.append(new_markdown_cell(f"## {section.heading}\n\n{section.meaning}"))
        for paper, claims in section.papers:
            cells.append(new_markdown_cell(f"### {plain(paper)}"))
            cells += [new_markdown_cell("\n\n".join(text.claim(claim))) for claim in claims]
    beside = list(text.experiments(report))
    if beside:
        cells.append(new_markdown_cell("## Figures and tables beside ours"))
        cells += [new_markdown_cell(cell) for cell in beside]
    cells.append(new_markdown_cell("\n\n".join(text.end(report))))
    for k, cell in enumerate(cells):
        cell.id = f"cell-{k}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "title": "Proof report"})
