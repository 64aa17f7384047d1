"""The notebook: executed, reading its own records, and refusing to be written where a cell raised."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from click.testing import CliRunner
from nbconvert.filters import markdown2html

from tests.verify.report.cases import HOSTILE, RUN, run
from tests.verify.report.pages import Page
from verify.cli import cli
from verify.report import ReportError, notebook, write
from verify.report.drawing.axes import Series, panel
from verify.report.markdown import Writer, latex, mathml, picture, plain
from verify.report.model import view

IMAGE = "data:image/svg+xml;base64,"  # in the text itself


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(RUN, tmp_path_factory.mktemp("report"), "ipynb")


def outputs(path: Path) -> str:
    cells = nbformat.read(path, 4).cells
    return "\n".join(o["text"] for cell in cells if cell.cell_type == "code" for o in cell.outputs)


def test_it_is_valid_and_executed(made: Path) -> None:
    whole = nbformat.read(made, 4)
    nbformat.validate(whole)
    assert notebook.failed(whole) is None
    assert all(cell.execution_count for cell in whole.cells if cell.cell_type == "code")


def test_its_cells_show_what_the_records_say(made: Path) -> None:
    shown = outputs(made)
    assert "9 claims; sources 0123456789ab" in shown
    assert [line.split()[1:] for line in shown.splitlines() if line.startswith("holds")] == [list("021000")]
    assert "x = 1, y = -> oo" in shown and "misprint" in shown


def test_its_text_holds_every_claim_and_escapes_it(made: Path) -> None:
    text = "\n\n".join(cell.source for cell in nbformat.read(made, 4).cells if cell.cell_type == "markdown")
    for record in RUN["claims"]:
        assert plain(record["id"]) in text
    assert "<script" not in text
    assert plain(HOSTILE) in text
    assert r"$${\left\vert u \right\vert }^{q} = R$$" in text
    assert "What this report does not establish" in text


def test_its_records_lie_beside_it(made: Path) -> None:
    records = made.with_suffix(".records.json").read_bytes()
    assert json.loads(records) == RUN
    assert hashlib.sha256(records).hexdigest() in nbformat.read(made, 4).cells[1].source


def test_records_that_were_changed_make_its_first_cell_raise(made: Path, tmp_path: Path) -> None:
    shutil.copy(made, tmp_path)
    (tmp_path / "report.records.json").write_text(json.dumps(run("plain")))
    with pytest.raises(ReportError, match="code cell 1 raised ValueError: the records are not those"):
        notebook.execute(nbformat.read(tmp_path / made.name, 4), tmp_path)


def test_a_cell_that_raised_fails_the_command_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "results.json").write_text(json.dumps(run("plain")))
    monkeypatch.setattr(notebook, "TABLE", "1/0")
    arguments = ["report", "--format", "ipynb", "--results", str(tmp_path / "results.json"), "--out", str(tmp_path)]
    shown = CliRunner().invoke(cli, arguments)
    assert shown.exit_code == 2
    assert shown.stderr.strip() == "error: code cell 2 raised ZeroDivisionError: division by zero"
    assert not (tmp_path / "report.ipynb").exists()


def test_the_command_prints_where_the_file_is(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(json.dumps(run("plain")))
    shown = CliRunner().invoke(cli, ["report", "--results", str(tmp_path / "results.json"), "--out", str(tmp_path)])
    assert (shown.exit_code, shown.stdout.strip()) == (0, str(tmp_path / "report.html"))


def test_a_missing_kernel_is_told_with_its_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "kernel_is_there", lambda: False)
    with pytest.raises(ReportError, match="pip install ipykernel"):
        write(run("plain"), tmp_path, "ipynb")


def test_the_page_of_the_notebook_needs_no_network_and_holds_its_outputs(tmp_path: Path) -> None:
    html = write(RUN, tmp_path, "ipynb.html").read_text(encoding="utf-8")
    page = Page(html)
    assert page.faults == []
    assert [link for link in page.links if not link.startswith(("#", IMAGE))] == []
    assert "script" not in page.elements
    assert "9 claims; sources 0123456789ab" in page.text
    assert HOSTILE in page.text
    for formula in re.findall(r"<math.*?</math>", html, re.DOTALL):
        ElementTree.fromstring(formula)


TEXTS = ["1. one", "- x", "# x", "a_b_c", "<b>", "$x$", "a|b", "[a](b)", "*a*", "`a`", "a&amp;b", "\\(x\\)", HOSTILE]


@pytest.mark.parametrize("text", TEXTS)
def test_plain_text_stays_plain(text: str) -> None:
    page = Page(markdown2html(plain(text)))
    assert page.text.strip().replace("\u200b", "") == text
    assert set(page.elements) == {"p"}


@pytest.mark.parametrize("text", ["x_1 < y", "abs(x) | y", "R'(x)", "|x|^q", *TEXTS])
def test_what_is_no_formula_is_code_in_markdown(text: str) -> None:
    for written in (latex(text), mathml(text)):
        assert not re.search(r"<(?!/?(m[a-z]+|code)\b)", written)
        table = Page(markdown2html(f"| a |\n| --- |\n| {written} |"))
        assert table.elements.count("td") == 1 and table.faults == []


def test_the_notebook_sets_recorded_numbers_beside_the_printed_ones() -> None:
    whole = RUN | {"claims": [run("plain")["claims"][0] | {"paper": "never-saddle"}]}
    cells = notebook.compose(whole, "r.json", "0").cells
    (table,) = [c.source for c in cells if "Distance to the predicted balance" in c.source]
    assert "| row | column | printed | ours |" in table and "device: " in table
    assert "weakest thing each leans on" in notebook.compose(RUN, "r.json", "0").cells[0].source
    assert not any("Figures and tables" in c.source for c in notebook.compose(RUN, "r.json", "0").cells)
    assert table.count(f'src="{IMAGE}') > 6
    assert "No experiment here measures: Table 7" in cells[-2].source


def test_a_drawing_in_the_text_is_xml_of_its_own_with_words() -> None:
    made = panel([Series('a "b"', [0, 1], [1, 2], [0, 1], [2, 3])], id="p", title="<t>")
    page = Page(markdown2html(picture(made, 340)))
    (link,) = page.links
    root = ElementTree.fromstring(base64.b64decode(link.partition(",")[2]))
    assert page.elements.count("img") == 1 and page.faults == [] and root.tag.endswith("svg")
    assert ".band.s0{" in ElementTree.tostring(root, encoding="unicode")
    assert "alt=" not in picture(made, 340).partition('alt="')[2], "quotes in the words do not end them"


def test_the_errata_are_typeset_with_what_holds_instead() -> None:
    text = Writer().errata(view(RUN))
    (line,) = [row for row in text.splitlines() if row.startswith("| [wrong]")]
    assert "$x = 1$, $y$ →" in line or "$x$ = $1$" in line, line
    assert "misprint" in line and "✓ holds" in line and "with x &gt; 0" in line
    assert line.count(" | ") == 5
    whole = notebook.compose(RUN, "r.json", "0").cells
    assert any(c.source.startswith("## Errata") for c in whole)
    assert not any(c.source.startswith("## Errata") for c in notebook.compose(run("weak"), "r.json", "0").cells)


def test_what_rests_on_what_is_drawn_where_anything_does() -> None:
    text = Writer().graph(view(RUN))
    (link,) = (link for link in Page(markdown2html(text)).links if link.startswith(IMAGE))
    root = ElementTree.fromstring(base64.b64decode(link.partition(",")[2]))
    marks = [e for e in root.iter() if str(e.get("class")).startswith("node ")]
    assert "2 relations" in text and len(marks) == len(RUN["claims"]) and "Circle: holds" in text
    assert Writer().graph(view(run("weak"))) == ""


def test_evidence_tells_what_made_it() -> None:
    text = "\n".join(Writer().claim(next(c for c in view(RUN).claims if c.id == "wrong")))
    assert "sympy 1.14.0, seed 7, certificate: squares" in text
