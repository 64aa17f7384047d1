"""The facts given to the solvers are true: at exact points they never contradict certified values."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from verify.checker.facts import FUNCTION_FACTS
from verify.checker.smt import query
from verify.checker.solvers import ask_z3
from verify.language.evaluate import Undefined, Unknown, enclose
from verify.language.terms import FALSE, Term, num, sym
from verify.statement import Domain, Statement

POINTS = [Fraction(k, 8) for k in range(-24, 25, 3)] + [Fraction(k) for k in (-1, 0, 1, 9, -9)] + [Fraction(1, 997)]


def ends(ball: arb) -> tuple[Fraction, Fraction]:
    """Rational numbers on either side of the ball."""

    def exactly(end: arb) -> Fraction:
        mantissa, exponent = end.man_exp()
        return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)

    return exactly(ball.lower()), exactly(ball.upper())


def contradiction(term: Term, values: dict[str, Fraction], low: Fraction, high: Fraction) -> bool:
    """Whether the facts about the term, at these values, exclude every number between the two."""
    given = [Term("==", sym(name), num(value)) for name, value in values.items()]
    given += [Term(">=", term, num(low)), Term("<=", term, num(high))]
    text, _ = query(Statement(Domain(tuple((n, "real") for n in values), tuple(given)), FALSE))
    return ask_z3(text, 3000)[0] == "unsat"


@pytest.mark.parametrize("name", sorted(FUNCTION_FACTS))
def test_facts_about_a_function_agree_with_its_values(name: str) -> None:
    term, tried, refuted = Term(name, sym("x")), 0, 0
    for x in POINTS:
        try:
            low, high = ends(enclose(term, {"x": x}, 80))
        except (Undefined, Unknown):
            continue
        assert not contradiction(term, {"x": x}, low, high), x
        tried += 1
        refuted += contradiction(term, {"x": x}, high + 20_000, high + 20_001) or contradiction(
            term, {"x": x}, low - 20_001, low - 20_000
        )
    assert tried >= 4 and refuted >= 1


@pytest.mark.parametrize("exponent", [Fraction(k, 7) for k in (-15, -7, -3, 0, 2, 5, 7, 9, 14, 22)])
def test_facts_about_powers_agree_with_their_values(exponent: Fraction) -> None:
    term = Term("**", sym("x"), sym("r"))
    for x in (Fraction(1, 50), Fraction(1, 2), Fraction(1), Fraction(7, 5), Fraction(30)):
        low, high = ends(enclose(term, {"x": x, "r": exponent}, 80))
        assert not contradiction(term, {"x": x, "r": exponent}, low, high)
        assert contradiction(term, {"x": x, "r": exponent}, Fraction(-2), Fraction(-1))


def test_two_powers_and_two_exponentials_are_tied_truly() -> None:
    pairs = [(Fraction(1, 2), Fraction(3)), (Fraction(2), Fraction(-1)), (Fraction(5, 3), Fraction(5, 3))]
    for a, b in pairs:
        for term in (
            Term("*", Term("exp", sym("a")), Term("exp", Term("neg", sym("b")))),
            Term("-", Term("**", Term("abs", sym("a")), sym("b")), Term("**", Term("abs", sym("a")), sym("a"))),
            Term("/", Term("**", TWO_PLUS_A, Term("+", sym("b"), num(2))), Term("**", TWO_PLUS_A, sym("b"))),
            Term("-", Term("cosh", sym("a")), Term("sinh", sym("a"))),
            Term("+", Term("sin", sym("a")), Term("cos", sym("a"))),
        ):
            low, high = ends(enclose(term, {"a": a, "b": b}, 80))
            assert not contradiction(term, {"a": a, "b": b}, low, high), str(term)


TWO_PLUS_A = Term("+", num(2), sym("a"))
