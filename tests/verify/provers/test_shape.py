"""Properties of functions: proofs by definition, exact counterexamples, and silence where neither is found."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.provers.shape_cases import BOUNDEDNESS, CURVATURE, ORDER, SYMMETRY, Case
from verify.evidence import Tier
from verify.language.evaluate import enclose
from verify.language.terms import Term, num, substitute
from verify.provers import shape
from verify.provers.budget import Budget
from verify.provers.shapes.ledger import Prove
from verify.statement import Statement

NOT_CONVEX = [c for c in CURVATURE if c.expected == "fails" and c.claim.startswith("convex")]
PROOF = (Tier.symbolic, Tier.certified)


def never(statement: Statement, budget: Budget) -> object:
    from verify.evidence import undecided

    return undecided("never", "nothing is proven")


@pytest.mark.parametrize("case", [*CURVATURE, *ORDER, *SYMMETRY, *BOUNDEDNESS], ids=str)
def test_the_definition_decides(case: Case) -> None:
    evidence = shape.prove(case.statement, Budget(10))
    if case.expected == "open":
        assert evidence.result != "holds", evidence.detail
        return
    assert evidence.result == case.expected, evidence.detail
    assert evidence.tier in PROOF
    if case.expected == "fails":
        assert evidence.counterexample


def test_nothing_holds_when_no_goal_is_proven() -> None:
    ask: Prove = never  # type: ignore[assignment]
    for claim, given_text in (
        ("strictly_convex(x*log(x), x)", "x > 0"),
        ("convex(x**2*abs(x - 1) + 10*x**2, x)", "x real"),
        ("strictly_increasing(x + sin(x), x)", "x real"),
        ("even(cosh(x), x)", "x real"),
        ("bounded(1/(1 + x**2), x)", "x real"),
    ):
        assert shape.prove(Case(claim, given_text, "open").statement, Budget(5), ask).result == "undecided"


@pytest.mark.parametrize("case", NOT_CONVEX, ids=str)
def test_a_counterexample_to_convexity_can_be_checked_by_hand(case: Case) -> None:
    point = dict(shape.prove(case.statement, Budget(10)).counterexample or {})
    f = case.statement.conclusion.args[0]
    parameters = {n: num(point[n]) for n in case.statement.domain.names if n in point and n != "x"}
    if "x" in point:
        return
    p, q, r = (Fraction(point[name]) for name in ("x1", "between", "x2"))
    assert p < q < r
    left, middle, right = (enclose(substitute(f, {**parameters, "x": num(v)}), {}) for v in (p, q, r))
    weight = (r - q) / (r - p)
    chord = left * weight.numerator / weight.denominator + right * (1 - weight).numerator / (1 - weight).denominator
    assert middle > chord


def _polynomial(coefficients: list[int], at: int, slope: int) -> Term:
    """A cubic with a kink: a + b*x + c*x**2 + d*x**3 + slope*|x - at|."""
    x = Term("sym", "x")
    total = Term("*", num(slope), Term("abs", Term("-", x, num(at))))
    for k, c in enumerate(coefficients):
        power = num(1) if k == 0 else x if k == 1 else Term("**", x, num(k))
        total = Term("+", total, Term("*", num(c), power))
    return total


COEFFICIENTS = st.lists(st.integers(-3, 3), min_size=4, max_size=4)


def _stated(kind: str, f: Term) -> Statement:
    case = Case(f"{kind}(x, x)", "-3 <= x <= 3", "open").statement
    return case.concluding(Term(kind, f, case.conclusion.args[1]))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(COEFFICIENTS, st.integers(-2, 2), st.integers(-2, 2))
def test_a_cubic_with_a_kink_is_convex_exactly_when_its_curvature_is(c: list[int], at: int, slope: int) -> None:
    result = shape.prove(_stated("convex", _polynomial(c, at, slope)), Budget(5)).result
    convex = slope >= 0 and all(2 * c[2] + 6 * c[3] * end >= 0 for end in (-3, 3))
    assert result == ("holds" if convex else "fails")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(COEFFICIENTS, st.integers(-2, 2), st.integers(-2, 2))
def test_no_verdict_on_monotonicity_contradicts_differences(c: list[int], at: int, slope: int) -> None:
    result = shape.prove(_stated("increasing", _polynomial(c, at, slope)), Budget(5)).result
    points = [Fraction(k, 16) for k in range(-48, 49)]
    values = [sum((a * v**k for k, a in enumerate(c)), slope * abs(v - at) + Fraction(0)) for v in points]
    rising = all(a <= b for a, b in pairwise(values))
    if not rising:
        assert result == "fails"
    elif min(b - a for a, b in pairwise(values)) > Fraction(1, 4):
        assert result == "holds"
