"""The reference of the claims language lists what the parser takes, all of it and nothing else."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from verify.checker.reduction import MAX_GOALS
from verify.judge import Settings, judge
from verify.language.claims_file import read_statement
from verify.language.errors import LanguageError
from verify.language.evaluate import Undefined, enclose, truth
from verify.language.parse import parse_formula, parse_term
from verify.language.scan import RESERVED, SORT_WORDS
from verify.language.terms import (
    ALONG_FLOW,
    BINDERS,
    CONNECTIVES,
    CONSTANTS,
    FUNCTIONS,
    PREDICATES,
    RELATIONS,
)
from verify.statement import Statement
from verify.verdict import Verdict

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "claims-language.md").read_text()
LISTS = dict(re.findall(r"<!-- list: (\w+) -->\n(.*?)<!-- end -->", PAGE, re.DOTALL))
MODULES = ("claims_file", "given", "scan", "syntax", "parse")

WHITELIST: dict[str, Iterable[str]] = {
    "sorts": SORT_WORDS, "constants": CONSTANTS, "formulas": (*RELATIONS, *CONNECTIVES), "functions": FUNCTIONS,
    "binders": BINDERS, "predicates": PREDICATES, "flow": ALONG_FLOW,
}  # fmt: skip


def rows(name: str) -> list[list[str]]:
    lines = [line for line in LISTS[name].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def listed(name: str) -> list[str]:
    """What is named in the first column, without arguments."""
    cells = [row[0] for row in rows(name)] if LISTS[name].startswith("|") else [LISTS[name]]
    return list(dict.fromkeys(code.partition("(")[0] for cell in cells for code in codes(cell)))


def examples(name: str) -> list[str]:
    return [code for row in rows(name) for code in codes(row[2])]


def statement(example: str) -> Statement:
    free = [] if re.match(r"(asymptotic|big|little)", example) else ["x real"]
    return read_statement(["x >= 0"] if example.startswith("bregman") else free, example)


@pytest.mark.parametrize("name", WHITELIST)
def test_each_list_is_the_whitelist(name: str) -> None:
    assert sorted(listed(name)) == sorted(WHITELIST[name])


def test_the_lists_together_are_all_words_that_are_taken() -> None:
    words = {word for name in WHITELIST for word in listed(name)}
    assert words - set(RELATIONS) == RESERVED


def test_what_is_listed_is_called_as_it_is_shown() -> None:
    for row in rows("functions"):
        name, _, arguments = codes(row[0])[0].partition("(")
        fewest, _ = FUNCTIONS[name]
        assert arguments.count(",") + 1 == fewest
        parse_term(f"{name}({arguments}", ["u", "v", "r"])
        with pytest.raises(LanguageError):
            parse_term(f"{name}()", ["u"])
        most = re.search(r"2 to (\d+) numbers", row[1])
        assert FUNCTIONS[name][1] == (int(most[1]) if most else fewest)
    for row in rows("predicates"):
        name, _, arguments = codes(row[0])[0].partition("(")
        assert arguments.count(",") + 1 == PREDICATES[name]


def test_each_function_has_an_example_that_is_true_and_ends_where_the_page_says() -> None:
    for row in rows("functions"):
        name = listed("functions")[rows("functions").index(row)]
        assert all(code.startswith(f"{name}(") for code in codes(row[2]))
        formula = parse_formula(codes(row[2])[0], [])
        assert truth(formula, {}) is not False
        for code in codes(row[3]):
            with pytest.raises(Undefined):
                enclose(parse_term(code, []), {})
    assert truth(parse_formula("abs(-3) == 2", []), {}) is False


@pytest.mark.parametrize("example", ["(-8)**(1/3)", "1/0", "0**(-1)"])
def test_powers_and_quotients_have_no_value_where_the_page_says(example: str) -> None:
    with pytest.raises(Undefined):
        enclose(parse_term(example, []), {})
    assert truth(parse_formula("spow(-8, 1/3) < -1.99 and spow(-8, 1/3) > -2.01", []), {}) is True


@pytest.mark.parametrize("name", ["functions", "binders", "predicates"])
def test_each_example_is_read(name: str) -> None:
    assert len(examples(name)) == len(list(WHITELIST[name]))
    for example, word in zip(examples(name), listed(name), strict=True):
        assert example.startswith(f"{word}(")
        statement(example)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["functions", "binders", "predicates"])
def test_each_example_holds(name: str) -> None:
    # a statement lasts three times its seconds by the clock: few of them are too few where six share a core
    settings = Settings(seconds=60.0, hypotheses=False)
    found = {e: judge(statement(e), settings).verdict for e in examples(name)}
    assert [e for e, verdict in found.items() if verdict is not Verdict.holds] == []


def test_items_of_given_are_read_as_shown() -> None:
    table = PAGE.partition("## given")[2].partition("The words are")[0]
    items = [codes(line)[0] for line in table.splitlines() if line.startswith("| `")]
    assert len(items) == 8
    for item in items:
        read_statement([item], "true")
    assert dict(read_statement(["L >= 2 integer", "1 < q <= 2"], "true").domain.variables) == {
        "L": "integer", "q": "real",
    }  # fmt: skip
    with pytest.raises(LanguageError):
        read_statement(["x"], "true")


def test_limits_are_those_of_the_parser() -> None:
    shown = {codes(row[2])[0]: int(row[1].replace(",", "")) for row in rows("limits")}
    real = {
        f"{module}.{name}": value
        for module in MODULES
        for name, value in vars(importlib.import_module(f"verify.language.{module}")).items()
        if name.startswith("MAX_")
    }
    imported = {name for name in real if name.split(".")[1] in {s.split(".")[1] for s in shown} and name not in shown}
    assert shown == {name: value for name, value in real.items() if name not in imported}
    assert f"more than {MAX_GOALS} relations" in PAGE
