"""Theorem 4.7 and Corollary 4.8 where they hold: monomials, one neuron, and any function where its direction converges.

phi is the horizon function. f = prod_i theta_i^(a_i) has any number of positive weights; the balance of any two, x and
y with the exponents a and b, gives the direction.
"""

from __future__ import annotations

import sympy

from theory.conjugate import Conjugate
from theory.derivation import Derivation
from theory.exponential_loss import ExponentialLoss
from theory.homogeneous import TwoLayerNet
from theory.horizon import Horizon
from theory.monomial import Monomial
from theory.potentials import MirrorPotential
from verify.claim import Draft, claim, printed
from verify.papers.mirror_flow.bias import cube
from verify.papers.mirror_flow.potentials import entropy, x

MONOMIAL = "f a monomial, positive weights"
CONVERGING = "where the direction converges"


def _network(R: MirrorPotential) -> Derivation:
    return TwoLayerNet(1).derivation(R, sympy.Symbol("g", real=True))


def _monomial(R: MirrorPotential) -> Derivation:
    return Monomial(sympy.symbols("a b", positive=True)).derivation(R)


@claim("mf-thm-4.7-conv.product", place="Theorem 4.7", rests_on=["mf-thm-4.7-conv.balance"], kind="limit")
def direction_converges_for_a_product() -> Draft:
    """The direction converges for a monomial: the balance X - Y + U - V, with X = x^p/a and Y = y^p/b, U = k x^2/a and
    V = k y^2/b, is constant, of size at most C. So X/Y <= 1 + (C + V)/Y, and Y/X likewise: both tend to one."""
    return (
        printed(
            "X - Y <= C + V and Y - X <= C + U and limit((C + k*r**2)/r**p, r, oo) == 0",
            given=["X > 0", "Y > 0", "U >= 0", "V >= 0", "p > 2", "k >= 0", "C >= 0", "X - Y + U - V <= C",
                   "Y - X + V - U <= C"],
        )
        .covering(f"{MONOMIAL}, p > 2")
        .derived(_monomial(cube()))
    )  # fmt: skip


@claim("mf-thm-4.7-conv.balance", place="Theorem 4.7", rests_on=["mf-lem-3.1"], kind="dynamics")
def balance_of_a_monomial() -> Draft:
    """That balance: Q(R'(x))/a - Q(R'(y))/b rests for the smoothed potential, since x df/dx = a f; g is the slope of
    the loss times f."""
    dual = "((1 - 1/p)*{0}**p + lam/2*{0}**2)"
    metric = "((p - 1)*{0}**(p - 2) + lam)"
    return (
        printed(
            f"conserved({dual.format('x')}/a - {dual.format('y')}/b)",
            given=["x > 0", "y > 0", "a > 0", "b > 0", "lam >= 0", "g > 0", "p >= 2"],
            flow={"x": f"g*a/x/{metric.format('x')}", "y": f"g*b/y/{metric.format('y')}"},
        )
        .covering(MONOMIAL)
        .derived(_monomial(cube()))
    )


@claim("mf-thm-4.7-conv.gradient-flow", place="Theorem 4.7, p = 2", rests_on=["mf-thm-4.7-conv.balance"], kind="limit")
def direction_converges_under_gradient_flow() -> Draft:
    """The same for p = 2, where x^2/a = y^2/b + c on the balance: x/y tends to sqrt(a/b)."""
    return (
        printed(
            "limit(sqrt(a*(y**2/b + c))/y, y, oo) == sqrt(a/b)", given=["y > 0", "c real", "a > 0", "b > 0"]
        )
        .covering(f"{MONOMIAL}, p = 2")
        .derived(_monomial(MirrorPotential(x**2 / 2, x)))
    )


@claim("mf-thm-4.7-kkt", place="Theorem 4.7", rests_on=["mf-thm-4.7-conv.product", "mf-thm-G2"], kind="limit")
def limit_is_a_kkt_point() -> Draft:
    """The limit is a KKT point of min phi_p^2/2 with f >= 1, for a monomial f: where x^p/a = y^p/b the gradient of
    phi^2/2 is a positive multiple, l, of that of f, which is (a/x, b/y) at f = 1; T is the part of |theta|_p^p of the
    other weights."""
    objective = "((p - 1)*(x**p + y**p + T))**(2/p)/2"
    return (
        printed(
            f"diff({objective}, x) == l*(a/x) and diff({objective}, y) == l*(b/y) and l > 0",
            given=["x > 0", "y > 0", "a > 0", "b > 0", "T >= 0", "p >= 2", "x**p/a == y**p/b"],
            where={"l": "((p - 1)**(2/p)*(x**p + y**p + T)**(2/p - 1))*x**p/a"},
        )
        .covering(MONOMIAL)
        .derived(_monomial(cube()))
    )


@claim("mf-thm-4.7-kkt.any-function", place="Theorem 4.7", rests_on=["mf-thm-4.7-kkt.weights"], kind="limit")
def limit_of_the_direction_is_stationary() -> Draft:
    """For any f of degree L, smooth or not, and any number of coordinates: R'(theta) = R'(theta_0) + s G, s -> oo,
    where G, the average of the slopes, comes as near as one likes to the cone of the subdifferentials of the least
    outputs at the limit of the direction. Where theta is r times a direction y that converges, R'(theta)/r^(p-1) tends
    to spow(y, p-1), coordinate by coordinate, so to a multiple of the gradient of phi^2/2 at y, which so lies in that
    cone."""
    return (
        printed(
            "limit((spow(r*y, p - 1) + lam*r*y)/r**(p - 1), r, oo) == spow(y, p - 1)"
            " and limit((1 + lam)*(r*y)/r, r, oo) == (1 + lam)*y",
            given=["y real", "p > 2", "lam >= 0"],
        )
        .covering(CONVERGING)
        .derived(Horizon(cube()).derivation())
    )


@claim("mf-thm-4.7-kkt.neuron", place="Theorem 4.7", rests_on=["mf-G5-hom"], kind="limit")
def direction_of_a_neuron() -> Draft:
    """f = a max(<w, x>, 0) of any number of inputs, one sample on which the neuron is on: R'(w_i) - x_i T rests,
    T' = a g, and R'(r y)/r^(p-1) tends to spow(y, p-1): so the direction of w tends to that of
    y_i = spow(x_i, 1/(p-1)), where the gradient of phi^2/2 is a multiple of x, that of f in w."""
    return (
        printed(
            "conserved(spow(w, p - 1) + lam*w - x*T)"
            " and limit((spow(r*y, p - 1) + lam*r*y)/r**(p - 1), r, oo) == spow(y, p - 1)"
            " and implies(y == spow(x, 1/(p - 1)), spow(y, p - 1) == x)",
            given=["w real", "x real", "a real", "g real", "T real", "lam > 0", "p > 2", "y real"],
            flow={"w": "g*a*x/((p - 1)*abs(w)**(p - 2) + lam)", "T": "g*a"},
        )
        .covering("f = a max(<w, x>, 0), one sample, p > 2, lam > 0")
        .derived(_network(cube()))
    )


@claim("mf-thm-4.7-kkt.weights", place="Theorem 4.7", kind="limit")
def samples_that_are_not_least_lose_their_weight() -> Draft:
    """The samples whose outputs r stay above (1 + h) times the least, q, have no share in the average of the slopes in
    the limit: the quotient of the weights exp(-r) and exp(-q) is at most exp(-h q), and q -> oo."""
    return printed(
        "exp(-r)/exp(-q) <= exp(-h*q) and limit(exp(-h*q), q, oo) == 0", given=["h > 0", "q > 0", "r >= (1 + h)*q"]
    ).derived(ExponentialLoss(2, sympy.Symbol("L", positive=True)).derivation())


@claim("mf-cor-4.8.product", place="Corollary 4.8", rests_on=["mf-lem-3.1", "mf-G3-kkt-transfer"], kind="limit")
def direction_of_a_product_under_the_entropy() -> Draft:
    """Under the entropy the direction converges to a KKT point of min |theta|_1^2/2 with f >= 1, for a monomial f: by
    the balance sqrt(x^2 + lam)/a - sqrt(y^2 + lam)/b, x/y tends to a/b, and where u/a = v/b the gradient (P, P) of
    phi^2/2, P = phi, is a positive multiple of (a/u, b/v), that of f at f = 1."""
    root = "sqrt({0}**2 + lam)"
    return (
        printed(
            f"conserved({root.format('x')}/a - {root.format('y')}/b)"
            f" and limit(((c + a*{root.format('r')}/b)**2 - lam)/r**2, r, oo) == (a/b)**2"
            " and implies(u/a == v/b, P == P*u/a*(a/u) and P == P*u/a*(b/v) and P*u/a > 0)",
            given=["x > 0", "y > 0", "a > 0", "b > 0", "lam > 0", "g > 0", "c real", "u > 0", "v > 0", "P > 0"],
            flow={"x": f"g*a/x*{root.format('x')}", "y": f"g*b/y*{root.format('y')}"},
        )
        .covering(MONOMIAL)
        .derived(_monomial(entropy()))
    )


@claim("mf-cor-4.8.any-function", place="Corollary 4.8", rests_on=["mf-thm-4.7-kkt.weights"], kind="limit")
def limit_of_the_direction_is_stationary_under_the_entropy() -> Draft:
    """For any f of degree L, smooth or not, and any number of coordinates: R'(theta) = R'(theta_0) + s G, with the
    average G of the slopes as in Theorem 4.7. Over log r, r the norm, the coordinates of R' that go with a limit y != 0
    of the direction tend to sign(y), and all others, w <= r in size, stay between -1 and 1 in the limit: every limit
    point is a subgradient of |theta|_1 at the limit of the direction, zero coordinates included, and lies in the
    cone."""
    return (
        printed(
            "limit(asinh(r*y/sqrt(lam))/log(r), r, oo) == sign(y) and limit(asinh(r/sqrt(lam))/log(r), r, oo) == 1"
            " and abs(asinh(w/sqrt(lam))) <= asinh(u/sqrt(lam))",
            given=["y != 0", "w real", "u > 0", "w <= u", "-w <= u", "lam > 0"],
        )
        .covering(CONVERGING)
        .derived(Conjugate(entropy()).derivation())
    )


@claim("mf-cor-4.8.neuron", place="Corollary 4.8", rests_on=["mf-G5-limit"], kind="limit")
def direction_of_a_neuron_under_the_entropy() -> Draft:
    """f = a max(<w, x>, 0) of any number of inputs, one sample on which the neuron is on: asinh(w_i/sqrt(lam)) - x_i T
    rests, T' = a g with the slope g, so that w_i = sqrt(lam) sinh(c + x_i T), T -> oo: weights of an input of smaller
    size vanish against those of the largest, as the KKT points of the program have it, |a| = |w|_1 with support where
    |x_i| is largest; among equals the start decides."""
    return (
        printed(
            "conserved(asinh(w/sqrt(lam)) - x*T) and limit(sinh(c + k*s)/sinh(d + m*s), s, oo) == 0"
            " and limit(sinh(c + m*s)/sinh(d + m*s), s, oo) == exp(c - d)",
            given=["w real", "x real", "a real", "g real", "T real", "lam > 0", "c real", "d real", "0 < k", "k < m"],
            flow={"w": "g*sqrt(w**2 + lam)*a*x", "T": "g*a"},
        )
        .covering("f = a max(<w, x>, 0), one sample")
        .derived(_network(entropy()))
    )
