from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from theory.metric import InverseMetric, q, x
from theory.vanishing import check_equal
from verify.language.bridge import to_sympy
from verify.language.errors import LanguageError
from verify.potential.named import named
from verify.potential.reading import Request, read

FLOWS = [("1", 2), ("3/2", 2), ("3/2", 3), ("2", 2), ("2", 3), ("4", 2), ("3", 4)]


@pytest.mark.parametrize(("index", "layers"), FLOWS)
def test_the_potential_of_a_steepest_flow_has_its_inverse_metric(index: str, layers: int) -> None:
    it = read(Request(f"steepest q={index} L={layers}"))
    t = sympy.Symbol("t", positive=True)
    R = to_sympy(it.R, it.domain)
    R = R.subs(dict.fromkeys(R.free_symbols, t))
    metric = InverseMetric(layers).at_zero_balance.subs({q: sympy.Rational(index), x: t})
    check_equal(1 / sympy.diff(R, t, 2), metric, "1/R''")
    with pytest.raises(ArithmeticError):
        check_equal(1 / sympy.diff(R, t, 2), metric * t, "1/R'' times t")


def test_where_it_is_meant() -> None:
    domains = [read(Request(f"steepest q={q_}, L=2")).interval.text for q_ in ("1", "2", "3", "4")]
    assert domains == ["(-oo, oo)", "(0, oo)", "[0, oo)", "(0, oo)"]
    assert read(Request("steepest L=2 q=2", "x", ("x > 1",))).interval.text == "(1, oo)"


def test_a_name_is_told_and_brings_its_parameters() -> None:
    entropy = read(Request("entropy"))
    assert entropy.title.startswith("entropy: x*asinh") and [n for n, _ in entropy.parameters] == ["lam"]
    assert read(Request(" square", "t")).title == "square: t**2/2"
    assert read(Request("t**2", "t")).title == "t**2"


def test_a_declared_name_is_a_parameter() -> None:
    assert named("entropy", "x", ("entropy",)) is None and named("square", "square") is None
    assert named("square**2", "x") is None
    with pytest.raises(LanguageError, match="does not depend"):
        read(Request("entropy", "x", ("entropy > 0",)))


WRONG = {
    "steepest": "write the flow", "steepest q=2": "write the flow", "steepest q=2 L=2 L=3": "write the flow",
    "steepest q=1/0 L=2": "write the flow", "steepest q=x L=2": "write the flow", "steepest q=1/2 L=2": "from 1 to 64",
    "steepest q=2 L=1": "from 2 to 64", "steepest q=2 L=5/2": "from 2 to 64", "steepest q=2 L=999999": "from 2 to 64",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_a_flow_that_cannot_be_read(text: str) -> None:
    with pytest.raises(LanguageError, match=WRONG[text]):
        read(Request(text))


def test_exponents_are_exact() -> None:
    found = named("steepest q=1.1 L=3", "x")
    assert found is not None and f"**({2 - Fraction(11, 10) * Fraction(2, 3)})" in found[0]
