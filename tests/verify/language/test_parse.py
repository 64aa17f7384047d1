"""Texts become the terms they say, and near misses become one clear error."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.verify.language.grammar_cases import NAMES, READS, REFUSED, Reads, Refused
from verify.language.errors import LanguageError
from verify.language.parse import Abbreviation, parse_abbreviation, parse_formula, parse_term
from verify.language.printing import to_text
from verify.language.terms import BINDERS, FUNCTIONS, PREDICATES, Term, num, sym


@pytest.mark.parametrize("case", READS, ids=lambda case: case.text.strip())
def test_a_text_reads_as_its_term(case: Reads) -> None:
    assert to_text(parse_formula(case.text, NAMES)) == case.printed


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.text)
def test_a_near_miss_is_refused_at_its_column(case: Refused) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_formula(case.text, NAMES)
    assert case.says in caught.value.message
    assert caught.value.column == case.column
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("literal", ["0.1", "1e-3", "12.5", "3", ".25", "1e300"])
def test_numbers_are_exact(literal: str) -> None:
    assert parse_term(literal, ()) == num(Fraction(literal))


def test_a_binary_float_is_not_what_is_read() -> None:
    assert parse_term("0.1", ()) != num(Fraction(0.1))


def test_nothing_is_simplified() -> None:
    assert parse_term("x/x", ["x"]) == Term("/", sym("x"), sym("x"))
    assert parse_term("1/2", ()) == Term("/", num(1), num(2))
    assert parse_term("-3", ()) == Term("neg", num(3))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_is_known(name: str) -> None:
    fewest, most = FUNCTIONS[name]
    for count in {fewest, most}:
        assert parse_term(f"{name}({', '.join(['x'] * count)})", ["x"]).op == name
    for count in (fewest - 1, most + 1):
        with pytest.raises(LanguageError):
            parse_term(f"{name}({', '.join(['x'] * count)})", ["x"])


@pytest.mark.parametrize("name", sorted(PREDICATES))
def test_every_predicate_is_known(name: str) -> None:
    arguments = {2: "x**2, x", 3: "x**2, x, 2", 4: "x**2, x, x, oo"}[PREDICATES[name]]
    assert parse_formula(f"{name}({arguments})", ["x"]).op == name
    with pytest.raises(LanguageError):
        parse_formula(f"{name}(x)", ["x"])


def test_every_binder_is_known() -> None:
    texts = {"diff": "diff(x, x)", "limit": "limit(x, x, 0)", "expect": "expect(x, x)"}
    for name in BINDERS:
        assert parse_term(texts.get(name, f"{name}(x, (x, 0, 1))"), ["x"]).op == name


def test_a_limit_is_two_sided_unless_told() -> None:
    assert parse_term("limit(x, x, 0)", ()).args[3] == Term("text", "+-")
    assert parse_term('limit(x, x, 0, "-")', ()).args[3] == Term("text", "-")


def test_rates_need_a_flow() -> None:
    assert parse_formula("ddt(x) == 0", ["x"], along_flow=True).args[0].op == "ddt"
    assert parse_formula("conserved(x)", ["x"], along_flow=True).op == "conserved"


def test_an_abbreviation_takes_the_names_at_its_place_of_use() -> None:
    square = {"R": parse_abbreviation("x**2", ["x"], where="where.R")}
    assert parse_term("integrate(R, (x, 0, 1))", ["x"], abbreviations=square).free == frozenset()
    assert parse_term("R + y", ["x", "y"], abbreviations=square).free == {"x", "y"}


def test_an_abbreviation_with_an_unknown_name_is_refused_where_it_is_written() -> None:
    wrong = {"R": parse_abbreviation("1 + lamm", ["lam"], where="where.R")}
    with pytest.raises(LanguageError, match="did you mean 'lam'") as caught:
        parse_term("2*R", ["lam"], abbreviations=wrong)
    assert (caught.value.place, caught.value.column) == ("where.R", 5)
    assert parse_term("Sum(R, (lamm, 0, 1))", ["lam"], abbreviations=wrong).free == frozenset()


@pytest.mark.parametrize("text", ["diff(R, R)", "limit(x, R, 0)", "Sum(x, (R, 1, 2))", "R(x)", "expect(R, R)"])
def test_an_abbreviation_is_no_variable_and_no_function(text: str) -> None:
    with pytest.raises(LanguageError, match="'R' is"):
        parse_term(text, ["x"], abbreviations={"R": Abbreviation(sym("x"))})


def test_unknown_names_are_collected_where_that_is_asked_for() -> None:
    found: dict[str, tuple[str, int]] = {}
    parse_formula("1 <= q <= p + q", ["p"], where="given[1]", undeclared=found)
    assert found == {"q": ("given[1]", 6)}


def test_long_sums_pass_and_towers_do_not() -> None:
    assert parse_term("+".join(["x"] * 190), ["x"]).op == "+"
    with pytest.raises(LanguageError, match="nested"):
        parse_term("+".join(["x"] * 210), ["x"])


def test_the_free_names_of_a_deep_term_are_at_hand() -> None:
    def ask(frames: int) -> frozenset[str]:
        return ask(frames - 1) if frames else term.free

    term = parse_term("+".join(["x"] * 190), ["x"])
    assert ask(500) == {"x"}
