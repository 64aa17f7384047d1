from __future__ import annotations

import pytest
import sympy

from theory.conservation import ConservationLaw, bracket_keeps, decay
from theory.conservation_escape import EscapeTime, eps
from theory.conservation_steepest import MirrorBalance, PowerBalance, q
from theory.derivation import Unchecked
from theory.lie_potential import InducedPotential, metric, x
from theory.parameterizations import Parameterization

a, b, c = sympy.symbols("a b c", real=True)

# coordinates, law, whether it is kept
LAWS = {
    "product": ([a * b], a**2 - b**2, True),
    "product, wrong sign": ([a * b], a**2 + b**2, False),
    "difference of squares": ([a**2 - b**2], a * b, True),
    "a^2 b": ([a**2 * b], a**2 - 2 * b**2, True),
    "a^2 b, factor forgotten": ([a**2 * b], a**2 - b**2, False),
    "two coordinates": ([a * b, b * c], a**2 - b**2 + c**2, True),
    "two coordinates, one kept": ([a * b, b * c], a**2 - b**2, False),
    "no polynomial": ([a + b**2], 2 * a - sympy.log(b), True),
}


@pytest.mark.parametrize("name", LAWS)
def test_laws_are_told_from_others(name: str) -> None:
    coordinates, law, kept = LAWS[name]
    assert ConservationLaw(law, Parameterization(coordinates, [a, b, c])).holds is kept


def test_decay_moves_a_homogeneous_law_at_its_degree() -> None:
    law = ConservationLaw(a**2 - b**2, Parameterization([a * b], [a, b]))
    assert law.degree == 2
    assert sympy.expand(law.decayed + 2 * decay * (a**2 - b**2)) == 0
    assert ConservationLaw(a**2 + b, Parameterization([a * b], [a, b])).degree is None


def test_brackets_keep_what_their_fields_keep() -> None:
    fields = [[b, a, 0], [0, c, b]]  # the gradients of a b and b c
    assert bracket_keeps(a**2 - b**2 + c**2, fields, [a, b, c])
    assert not bracket_keeps(a**2, fields, [a, b, c])


def test_powers_of_two_weights_balance() -> None:
    assert PowerBalance().rate == 0 and PowerBalance().coefficient == 1
    assert PowerBalance(2).coefficient == 2 ** (q - 1)
    assert PowerBalance(-1).coefficient == -1
    with pytest.raises(ValueError, match="other than 0"):
        PowerBalance(0)


@pytest.mark.parametrize("potential", [a**2 / 2, sympy.cosh(a), a**4 + a**2])
def test_the_balance_of_mirror_flow(potential: sympy.Expr) -> None:
    balance = MirrorBalance(potential, a)
    assert balance.rate.has(a)
    assert sympy.expand(balance.balance - (a * sympy.diff(potential, a) - potential)) == 0


@pytest.mark.parametrize(
    ("layers", "index", "growth"),
    [(2, 2, sympy.log(1 / eps)), (3, 2, 1 / eps), (2, 1, 1), (3, sympy.Rational(3, 2), sympy.log(1 / eps)), (4, 1, 1)],
)
def test_escape_orders(layers: int, index: sympy.Expr, growth: sympy.Expr) -> None:
    assert sympy.simplify(EscapeTime(layers, index).growth - growth) == 0


def test_escape_of_symbols() -> None:
    found = EscapeTime(sympy.Symbol("L", positive=True))
    assert found.growth is None
    assert found.derivation().steps


INDUCED = {
    "product": (a * b, [a, b], [a**2 - b**2], "sqrt(c1**2 + 4*x**2)"),
    "difference of squares": (a**2 - b**2, [a, b], [a * b], "4*sqrt(4*c1**2 + x**2)"),
    "square": (a**2, [a], [], "4*x"),
}


@pytest.mark.parametrize("name", INDUCED)
def test_induced_metrics(name: str) -> None:
    coordinate, variables, laws, value = INDUCED[name]
    found = InducedPotential(coordinate, variables, laws)
    expected = sympy.sympify(value, {"x": x, "c1": sympy.Symbol("c1", real=True)})
    assert sympy.simplify(found.in_x - expected) == 0
    bent = sympy.diff(found.potential, x, 2) * found.in_x
    at = {x: sympy.Rational(7, 5), sympy.Symbol("c1", real=True): sympy.Rational(3, 4)}
    assert abs(bent.subs(at).evalf(30) - 1) < sympy.Float("1e-25")


def test_a_wrong_law_induces_nothing() -> None:
    with pytest.raises(Unchecked):
        InducedPotential(a * b, [a, b], [a**2 + b**2])


def test_three_layers_have_a_cubic_relation() -> None:
    found = InducedPotential(a * b * c, [a, b, c], [a**2 - b**2, a**2 - c**2])
    assert sympy.degree(found.relation, metric) == 3
    with pytest.raises(Unchecked, match="degree 3"):
        _ = found.in_x


def test_several_roots_give_no_metric() -> None:
    found = InducedPotential(a**3 + a, [a], [])  # M = (3 a^2 + 1)^2 is no single root
    assert found.relation.has(metric) and not found.one_root
    with pytest.raises(Unchecked, match="no single positive root"):
        _ = found.in_x
