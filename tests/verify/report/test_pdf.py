"""The print: every text of a record a string, every formula mathematics, and one line where it cannot be had."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from tests.verify.report.cases import HOSTILE, RUN, record, run, statement
from verify.report import ReportError, write
from verify.report.typst_math import inline, rows, string
from verify.report.typst_page import document

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
    assert made.startswith("$") and all(part in made for part in parts), made


def test_the_difference_is_marked_on_paper_too() -> None:
    assert 'added("2")' in rows("x**2 + 1", "x**3 + 1", "added")[0][1]
    assert "added" not in rows("x**2 + 1", "x**2 + 1", "added")[0][1]


def test_the_document_holds_every_claim_and_links_only_to_what_is_there() -> None:
    source = document(RUN)
    labels = set(re.findall(r'#label\("([^"]*)"\)', source))
    assert len(labels) == len(RUN["claims"])
    assert set(re.findall(r'link\(label\("([^"]*)"\)', source)) <= labels
    assert "Errata" in source and "What this report does not establish" in source and "0123456789abcdef" in source


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
def test_a_document_that_typst_refuses_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.report.pdf.document", lambda *_: "#panic()")
    with pytest.raises(ReportError, match="Typst refused") as caught:
        write(run("plain"), tmp_path, "pdf")
    assert "\n" not in str(caught.value)


def test_without_typst_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(ReportError, match=r"mirrorproof\[pdf\]"):
        write(run("plain"), tmp_path, "pdf")
