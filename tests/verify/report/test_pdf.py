"""The print: every text of a record a string, every formula mathematics, and one line where it cannot be had."""

from __future__ import annotations

import importlib.util
import re
import sys
from io import BytesIO
from pathlib import Path

import pytest

from tests.verify.report.cases import HOSTILE, RUN, record, run, statement
from verify.report import ReportError, write
from verify.report.drawing.beside import swatches
from verify.report.pdf import compiled, packed
from verify.report.typst_math import inline, rows, string
from verify.report.typst_page import _legend, document

needs_typst = pytest.mark.skipif(importlib.util.find_spec("typst") is None, reason="typst (the extra pdf) is absent")
ATTACKS = ['#panic("x")', "$ #read() $", '"] #panic()', "\\", '\\" #panic()', "]", "// a comment", "a\nb",
           "@ref <x>", "\x00\x1b"]


def without_strings(source: str) -> str:
    return re.sub(r'"(?:\\.|[^"\\])*"', "", source)


@pytest.mark.parametrize("text", [*ATTACKS, HOSTILE])
def test_a_text_never_leaves_its_string(text: str) -> None:
    assert without_strings(string(text)) == ""
    for made in (inline(text), *(row for _, row in rows(text))):
        assert re.fullmatch(r"#(text|raw)\(\)", without_strings(made))
    assert "#panic" in without_strings('#panic("x")')  # the control: what is not in a string is seen


@pytest.mark.parametrize(("text", "parts"), [
    ("x**2/y", ["frac(", 'attach(x, t: "2")']), ("abs(x) <= 1", ["lr(bar.v x bar.v)", "≤"]),
    ("sqrt(x + 1)", ["sqrt(x \\+"]), ("Sum(k, (k, 1, n))", ["attach(∑", "b: ", "t: n"]), ("lam", ["λ"]),
    ("log(w_12)", ['upright("log")', 'attach(w, b: "12")']), ("spow(x, q)", ["chevron.l q chevron.r"]),
])  # fmt: skip
def test_formulas_become_mathematics(text: str, parts: list[str]) -> None:
    made = inline(text)
    assert made.startswith("#said(") and all(part in made for part in parts), made
    assert made.startswith(f"#said({string(text)}, $")


def test_the_difference_is_marked_on_paper_too() -> None:
    assert 'added("2")' in rows("x**2 + 1", "x**3 + 1", "added")[0][1]
    assert "added" not in rows("x**2 + 1", "x**2 + 1", "added")[0][1]


def test_the_document_holds_every_claim_and_links_only_to_what_is_there() -> None:
    source = document(RUN)
    labels = set(re.findall(r'#label\("([^"]*)"\)', source))
    assert len(labels) == len(RUN["claims"])
    assert set(re.findall(r'link\(label\("([^"]*)"\)', source)) <= labels
    assert "Errata" in source and "What this report does not establish" in source and "0123456789abcdef" in source


def test_legends_on_paper_show_each_line_and_say_what_it_is() -> None:
    made = _legend(swatches())
    assert made.count("#box(drawing(") == 2 and '"ours: median, least and greatest over the seeds", width: 7mm' in made
    whole = document(RUN | {"claims": [record("a", "holds", paper="never-saddle")]})
    assert '"q = 1.5", width: 7mm' in whole and "No experiment here measures: Table 7" in whole
    assert "Other than in the paper: model" in whole and _legend([]) == ""


def test_a_small_graph_stays_small_on_paper() -> None:
    (wide,) = re.findall(r"What rests on what.*?drawing\(.*?, width: ([\d.]+)mm\)", document(RUN), re.DOTALL)
    assert 10 < float(wide) < 176


@needs_typst
def test_it_is_set_whatever_the_records_say(tmp_path: Path) -> None:
    hostile = [
        record(f"id {k} {text}", "fails", title=text, place=text, note=text, statement=statement(text, [text]),
               counterexample={text: text}, corrected={"text": text, "kind": text, "verdict": "holds", "tier": text})
        for k, text in enumerate(ATTACKS)
    ]  # fmt: skip
    made = write(RUN | {"claims": [*RUN["claims"], *hostile]}, tmp_path, "pdf")
    assert made.name == "report.pdf" and made.read_bytes().startswith(b"%PDF-")


@needs_typst
def test_it_is_tagged_for_those_who_hear_it_and_dated_as_the_run() -> None:
    made = compiled(document(RUN), "2025-01-02T03:04:05+00:00")
    assert b"<pdfuaid:part>1<" in made and b"/Lang(en)" in made and b"/Marked true" in made
    assert b"D:20250102030405" in made and b"Proof report: 9 claims" in made and b"/Outlines" in made
    for tag in (b"/S/H1", b"/S/TH", b"/S/Formula", b"/S/Figure", b"/S/Link"):
        assert tag in made, tag
    assert b"/Alt(x = 1)" in made and b"/Alt()" not in made
    untagged = compiled('#set document(title: "a")\n$x$')  # a formula without words
    assert b"pdfuaid" not in untagged and b"/StructElem" not in untagged


@needs_typst
@pytest.mark.skipif(importlib.util.find_spec("pikepdf") is None, reason="pikepdf (the extra pdf) is absent")
def test_packing_loses_nothing() -> None:
    import pikepdf

    made = compiled(document(RUN))
    small = packed(made)
    assert len(small) < len(made) and packed(small)[:5] == b"%PDF-"
    with pikepdf.open(BytesIO(made)) as before, pikepdf.open(BytesIO(small)) as after:
        assert len(before.pages) == len(after.pages)
        assert "/StructTreeRoot" in after.Root and str(after.Root.Lang) == "en"
        assert [o.title for o in before.open_outline().root] == [o.title for o in after.open_outline().root]


def test_without_pikepdf_it_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pikepdf", None)
    assert packed(b"anything") == b"anything"


@needs_typst
def test_a_document_that_typst_refuses_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.report.pdf.document", lambda *_: "#panic()")
    with pytest.raises(ReportError, match="Typst refused") as caught:
        write(run("plain"), tmp_path, "pdf")
    assert "\n" not in str(caught.value)


def test_without_typst_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(ReportError, match=r"mirrorproof\[pdf\]"):
        write(run("plain"), tmp_path, "pdf")
