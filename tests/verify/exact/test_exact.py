"""Normal forms on sign cells: what they prove, what they must not, and the signs that they find."""

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from tests.verify.exact.cases import IDENTITIES, SIGNS, TRAPS
from verify.exact.signs import defined, is_zero, signs
from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.language.terms import Term, fn, num, sym
from verify.provers import exact
from verify.provers.budget import Budget
from verify.statement import Domain, Statement


def statement(given: list[str], claim: str) -> Statement:
    domain = parse_given(given)
    return Statement(domain, parse_formula(claim, set(domain.names)))


@pytest.mark.parametrize(("given", "true", "false"), IDENTITIES, ids=[c[1] for c in IDENTITIES])
def test_identity_is_proved_and_its_neighbour_is_not(given, true, false):
    assert exact.prove(statement(given, true), Budget(5)).result == "holds"
    assert exact.prove(statement(given, false), Budget(5)).result != "holds"


@pytest.mark.parametrize(("given", "claim"), TRAPS, ids=[c[1] for c in TRAPS])
def test_no_trap_is_proved(given, claim):
    assert exact.prove(statement(given, claim), Budget(3)).result != "holds"


@pytest.mark.parametrize(("given", "text", "taken"), SIGNS, ids=[c[1] for c in SIGNS])
def test_signs_are_a_superset_of_the_truth_and_sharp(given, text, taken):
    s = statement(given, f"{text} == 0")
    assert signs(s.conclusion.args[0], s.domain) == taken


def test_definedness_is_proved_or_not_claimed():
    s = statement(["x real"], "1/(x**2 + 1) + log(x) == 0")
    quotient, log = s.conclusion.args[0].args
    assert defined(quotient, s.domain)
    assert not defined(log, s.domain)


def test_an_equation_among_the_hypotheses_is_used():
    s = statement(["x real", "y real", "x + 2*y == 1"], "x*x == (1 - 2*y)**2")
    assert is_zero(fn("-", *s.conclusion.args), s.domain) is True
    assert is_zero(fn("-", *s.conclusion.args), Domain(s.domain.variables)) is not True


X, Y = sym("x"), sym("y")
polynomials = st.recursive(
    st.one_of(st.sampled_from([X, Y]), st.integers(-4, 4).map(num)),
    lambda inner: st.tuples(st.sampled_from(["+", "-", "*"]), inner, inner).map(lambda t: Term(*t)),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@drawn(polynomials, polynomials)
def test_polynomials_equal_each_other_exactly_where_evaluation_says_so(p, q):
    """Equality by normal form against equality at more points than the degree has."""
    from verify.language.evaluate import exact as value

    domain = parse_given(["x real", "y real"])
    points = [{"x": num(a).args[0], "y": num(b).args[0]} for a in range(-6, 7) for b in range(-6, 7)]
    same = all(value(p, v) == value(q, v) for v in points)
    assert (is_zero(fn("-", p, q), domain) is True) == same
