"""Sections 3 and 4, Appendix B: the definitions, each by what has the property and what has not, and the flows."""

from __future__ import annotations

import sympy

from theory import strong_convexity
from theory.reparameterizations import DeepDiagonal
from theory.saddles import ProductLandscape
from theory.set_valued import LeavingSolution, SignFlow
from theory.steepest_direction import SteepestDirection
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.never_saddle import instances
from verify.papers.never_saddle.balance import PAIR, pair
from verify.papers.never_saddle.instances import balance_law, descent, divergence, parameterization, potential

EXAMPLES = "examples that have the property and examples that have not"


@claim("d31-legendre", place="Definition 3.1", kind="definition")
def legendre_functions_on_the_half_line() -> Draft:
    """At the boundary point 0 of the half-line the gradient of x log x - x diverges, that of x^2/2 does not."""
    return (
        printed("legendre(x*log(x) - x, x) and not legendre(x**2/2, x)", given=["x > 0"])
        .covering(EXAMPLES)
        .derived(potential(instances.ENTROPY))
    )


@claim("dB7-legendre", place="Definition B.7", rests_on=["d31-legendre"], kind="definition")
def legendre_functions_on_the_line() -> Draft:
    """The line has no boundary: x^2/2 is Legendre there and exp x too, whose gradient stays bounded as x -> -oo."""
    return (
        printed(
            "legendre(x**2/2, x) and legendre(exp(x), x) and limit(diff(exp(y), y), y, -oo) == 0"
            " and not legendre(abs(x), x)",
            given=["x real"],
        )
        .covering(EXAMPLES)
        .derived(potential(sympy.exp(instances.X)))
    )


@claim("dB9-bregman", place="Definition B.9", rests_on=["dB8-div"], kind="definition")
def bregman_functions_on_the_line() -> Draft:
    """x^2/2 is a Bregman function; exp x and sqrt(1 + x^2) are not: their divergences have unbounded level sets."""
    return (
        printed("bregman(x**2/2, x) and not bregman(exp(x), x) and not bregman(sqrt(1 + x**2), x)", given=["x real"])
        .covering(EXAMPLES)
        .derived(divergence(sympy.sqrt(1 + instances.X**2)))
    )


@claim("ns2-ex32-necessary", place="Example 3.2, last sentence", rests_on=["ex32-bregman"], kind="classification")
def bregman_is_necessary_for_convergence() -> Draft:
    """A mirror flow converges only where R is a Bregman function.

    R = exp x is none. Its mirror flow under f = (exp x - 1)^2/2 is x_t = -log(1 - k exp(-t)), k < 1.
    """
    given = ["x real", "k < 1", "t >= 0"]
    where = {"X": "-log(1 - k*exp(-t))"}
    return (
        printed("limit(X, t, oo) == 0 and bregman(exp(x), x)", given=given, where=where)
        .corrected(
            "not bregman(exp(x), x) and diff(exp(X), t) == -(exp(X) - 1)*exp(X) and limit(X, t, oo) == 0",
            mend="replaced",
            note="The property is sufficient in the cited theorem, not necessary: the flow of R = exp x converges.",
            covering="R = exp x",
        )
        .derived(divergence(sympy.exp(instances.X)))
    )


@claim("ex32-types", place="Example 3.2", kind="definition")
def product_as_a_vector_and_as_a_matrix() -> Draft:
    """g(m, w) = m w, entry by entry, or equivalently diag(m) diag(w)."""
    return ill_posed(
        "m w is a vector of R^n, to which g is said to map, and diag(m) diag(w) an n x n matrix",
        [
            ("they have equally many entries", printed("n == n*n", given=["n >= 1 integer"])),
            (
                "diag(m) diag(w) is the diagonal matrix of m w (n = 2)",
                printed(
                    "m1*w1 + 0*0 == m1*w1 and m1*0 + 0*w2 == 0 and 0*w1 + m2*0 == 0 and 0*0 + m2*w2 == m2*w2",
                    given=["m1 real", "m2 real", "w1 real", "w2 real"],
                ),
            ),
            (
                "diag(m) w is the vector m w (n = 2)",
                printed("m1*w1 + 0*w2 == m1*w1 and 0*w1 + m2*w2 == m2*w2",
                        given=["m1 real", "m2 real", "w1 real", "w2 real"]),
            ),
        ],
    ).derived(parameterization("m1 w1", "m2 w2"))  # fmt: skip


@claim("eq3-flow", place="Eq. (3)", kind="definition")
def indices_of_the_steepest_flow() -> Draft:
    """1/p + 1/q = 1 gives q = 2 at p = 2 and q -> 1 as p -> oo: -g and -sign(g) are the directions at the ends."""
    return printed(
        "implies(1/p + 1/q == 1, q == p/(p - 1)) and limit(r/(r - 1), r, oo) == 1 and 2/(2 - 1) == 2"
        " and spow(g, 2 - 1) == g and spow(g, 1 - 1) == sign(g)",
        given=["p > 1", "q > 0", "g real"],
    ).derived(SteepestDirection().derivation())


@claim("eq3-flow.descent", place="Eq. (3)", rests_on=["b-steepest-direction"], kind="dynamics")
def descent_along_the_steepest_flow() -> Draft:
    """Along Eq. (3) the loss falls at the rate |f'|^q; here f = h (x - c)^2/2 for any h and c."""
    return (
        printed(
            "ddt(h*(x - c)**2/2) == -abs(h*(x - c))**q",
            given=["x real", "h real", "c real", "q > 1"],
            flow={"x": "-spow(h*(x - c), q - 1)"},
        )
        .covering("quadratic f, q > 1")
        .derived(descent())
    )


@claim("eq4-smf", place="Eq. (4)", rests_on=["d31-legendre"], kind="definition")
def velocity_of_a_steepest_mirror_flow() -> Draft:
    """Where H = R''(x) > 0, d R'(x) = H dx = -spow(f', q - 1) dt gives x one velocity, -spow(f', q - 1)/H."""
    return printed(
        "H*(-spow(g, q - 1)/H) == -spow(g, q - 1) and implies(H*v == -spow(g, q - 1), v == -spow(g, q - 1)/H)",
        given=["H > 0", "g real", "v real", "q >= 1"],
    ).derived(descent(sympy.Symbol("H", positive=True)))


@claim("eq4-smf.entropy", place="Eq. (4)", rests_on=["d31-legendre"], kind="dynamics")
def steepest_mirror_flow_of_the_entropy() -> Draft:
    """For R' = asinh(x/lam) the flow x' = -sqrt(x^2 + lam^2) spow(f', q - 1) moves R' at the rate of Eq. (4)."""
    return (
        printed(
            "ddt(asinh(x/lam)) == -spow(g, q - 1)",
            given=["x real", "lam > 0", "g real", "q > 1"],
            flow={"x": "-sqrt(x**2 + lam**2)*spow(g, q - 1)"},
        )
        .covering("R' = asinh(x/lam), q > 1")
        .derived(potential(instances.HYPERBOLIC))
    )


@claim("eq5-flow", place="Eq. (5)", rests_on=["eq3-flow"], kind="definition")
def descent_of_the_reparameterized_flow() -> Draft:
    """Along Eq. (5) without decay the loss falls at the rate sum_i |f'(x) P_i|^q, P_i the product of the other layers;
    decay a adds -L a x f'(x). Here two layers and f = b x + c x^2/2.
    """
    return (
        printed(
            "ddt(b*x + c*x**2/2) == -abs(slope*w2)**q - abs(slope*w1)**q - 2*a*x*slope",
            given=["w1 real", "w2 real", "b real", "c real", "a >= 0", "q > 1"],
            where={"x": "w1*w2", "slope": "b + c*x"},
            flow={"w1": "-spow(slope*w2, q - 1) - a*w1", "w2": "-spow(slope*w1, q - 1) - a*w2"},
        )
        .covering("L = 2, quadratic f, q > 1")
        .derived(DeepDiagonal(2).derivation())
    )


@claim("eq5-flow.argument", place="Eq. (5)", kind="definition")
def argument_of_the_reparameterization() -> Draft:
    """Eq. (5) prints f(g(w_i)), with one layer as the argument of g."""
    slopes = "b + c*x"
    given = ["w1 real", "w2 real", "r real", "b real", "c real"]
    return ill_posed(
        "g takes all the layers; the printed argument is one of them",
        [
            (
                "g of all layers: the slope in w1 is f'(x) times the product w2 r of the others",
                printed(f"diff(b*x + c*x**2/2, w1) == w2*r*({slopes})", given=given, where={"x": "w1*w2*r"}),
            ),
            (
                "g of the one layer w1: the same slope",
                printed("diff(b*w1 + c*w1**2/2, w1) == w2*r*(b + c*(w1*w2*r))", given=given),
            ),
        ],
    ).derived(DeepDiagonal(3).derivation())


@claim("d415-def", place="Definition 4.15", rests_on=["eq4-smf"], kind="definition")
def regularizer_in_the_mirror_flow() -> Draft:
    """With H = R'' > 0 and h' the slope of the regularizer, x' = -s/H - h' moves R' at the rate -s - M', M' = H h'."""
    return printed(
        "H*(-spow(g, q - 1)/H - h) == -spow(g, q - 1) - H*h", given=["H > 0", "g real", "h real", "q >= 1"]
    ).derived(descent(sympy.Symbol("H", positive=True)))


@claim("d415-def.entropy", place="Definition 4.15", rests_on=["eq4-smf"], kind="dynamics")
def regularizer_in_the_flow_of_the_entropy() -> Draft:
    """For R'' = 1/sqrt(x^2 + lam^2) and h = a x^2/2 the regularizer is M = a (sqrt(x^2 + lam^2) - lam)."""
    return (
        printed(
            "diff(M, x) == a*x/sqrt(x**2 + lam**2) and ddt(asinh(x/lam)) == -spow(g, q - 1) - diff(M, x)",
            given=["x real", "lam > 0", "g real", "a >= 0", "q > 1"],
            where={"M": "a*(sqrt(x**2 + lam**2) - lam)"},
            flow={"x": "-sqrt(x**2 + lam**2)*spow(g, q - 1) - a*x"},
        )
        .covering("R' = asinh(x/lam), h = a x^2/2, q > 1")
        .derived(potential(instances.HYPERBOLIC))
    )


@claim("d46-def", place="Definition 4.6", kind="definition")
def balanced_products() -> Draft:
    """|m|^q - |w|^q = lam: at q = 2 it is Definition 3.3, (lam^(1/q), 0) is lam-balanced, exchange turns the sign."""
    return printed(
        "abs(m)**2 - abs(w)**2 == m**2 - w**2 and abs(lam**(1/q))**q - abs(0)**q == lam"
        " and abs(w)**q - abs(m)**q == -(abs(m)**q - abs(w)**q)",
        given=["m real", "w real", "lam > 0", "q >= 1"],
    ).derived(balance_law(2))


@claim("r47-per-coordinate", place="Remark 4.7", rests_on=["d46-def"], kind="equivalence")
def balance_of_one_coordinate_among_others() -> Draft:
    """A coordinate keeps a balance of its own: the others enter through the slope g alone, however that moves."""
    law = "ddt(abs(w1)**q - abs(w2)**q) == -q*a*(abs(w1)**q - abs(w2)**q)"
    return (
        printed(law, given=[*PAIR, "u real", "q > 1"], flow={**pair(), "g": "u"})
        .covering("q > 1")
        .derived(balance_law(2))
    )


@claim("dD1-saddle", place="Definition D.1", kind="definition")
def saddle_points_by_the_hessian() -> Draft:
    """A critical point whose Hessian is not positive semidefinite: u^2 - v^2 has one at 0, and so has the maximum of
    -u^2; u^4 - v^4 has none there, though it takes both signs.
    """
    return (
        printed(
            "diff(A, u) == 0 and diff(A, v) == 0 and diff(A, v, 2) < 0"
            " and diff(B, u) == 0 and diff(B, u, 2) < 0 and -s**2 <= 0"
            " and diff(C, u) == 0 and diff(C, v) == 0 and diff(C, u, 2) == 0 and diff(C, v, 2) == 0"
            " and diff(diff(C, u), v) == 0 and s**4 - 0**4 > 0 and 0**4 - s**4 < 0",
            given=["u == 0", "v == 0", "s != 0"],
            where={"A": "u**2 - v**2", "B": "-u**2", "C": "u**4 - v**4"},
        )
        .covering(EXAMPLES)
        .derived(ProductLandscape(2).derivation())
    )


@claim("t43-smoothness", place="Theorem 4.3 with Definition D.1 and Section 3", rests_on=["dD1-saddle"],
       kind="definition")  # fmt: skip
def hessian_of_the_objective_class() -> Draft:
    """Section 3 asks for f in C^1, Definition D.1 for a Hessian; f = x + |x|^(3/2) with f'(0) = 1 has none at 0."""
    f = {"f": "x + abs(x)**(3/2)"}
    return (
        printed("limit(diff(f, x, 2), x, 0) < oo", given=["x real"], where=f)
        .corrected(
            "limit(diff(f, x), x, 0) == 1 and limit(diff(f, x, 2), x, 0) == oo"
            " and littleo(abs(a*b*P*t**2)**(3/2), t**2, t, 0)",
            mend="replaced",
            given=["x real", "a real", "b real", "P real"],
            note="At the points of S two layers a t, b t leave zero, and f = f'(0) a b P t^2 up to o(t^2): the new"
            " saddles need f' alone. Those of f itself need its Hessian.",
            covering="f = x + |x|^(3/2)",
        )
        .derived(ProductLandscape(3).derivation())
    )


@claim("dB1-convex", place="Definition B.1", kind="definition")
def convex_functions() -> Draft:
    """The inequality of convexity holds for x^2 and |x|, and not for -x^2 at (0, 1, 1/2)."""
    return (
        printed(
            "(s*x + (1 - s)*y)**2 <= s*x**2 + (1 - s)*y**2 and abs(s*x + (1 - s)*y) <= s*abs(x) + (1 - s)*abs(y)"
            " and not -(1/2*0 + (1 - 1/2)*1)**2 <= 1/2*(-0**2) + (1 - 1/2)*(-1**2)",
            given=["x real", "y real", "0 <= s", "s <= 1"],
        )
        .covering(EXAMPLES)
        .derived(strong_convexity.derivation(instances.X, sympy.Symbol("Lam", positive=True)))
    )


@claim("dB2-pl", place="Definition B.2", kind="definition")
def functions_with_the_pl_inequality() -> Draft:
    """Lam x^2/2 has it with the constant Lam (and equality); x^4 has it with no Lam, see x = sqrt(Lam)/4."""
    return (
        printed(
            "diff(f, x)**2/2 >= Lam*(f - 0) and diff(f, x)**2/2 == Lam*f and (4*y**3)**2/2 < Lam*(y**4 - 0)",
            given=["x real", "Lam > 0"],
            where={"f": "Lam*x**2/2", "y": "sqrt(Lam)/4"},
        )
        .covering(EXAMPLES)
        .derived(strong_convexity.derivation(instances.X, sympy.Symbol("Lam", positive=True)))
    )


@claim("dB3-inclusion", place="Definition B.3", kind="definition")
def solution_of_an_inclusion() -> Draft:
    """X = max(x0 - t, 0) solves x' in F(x), F(x) = {-1} for x > 0 and F(0) = [-1, 1]: its velocity is -1, then 0."""
    return (
        printed(
            "implies(t < x0, X > 0 and diff(X, t) == -1) and implies(t > x0, X == 0 and diff(X, t) == 0)"
            " and -1 <= 0 and 0 <= 1",
            given=["x0 > 0", "t > 0"],
            where={"X": "Max(x0 - t, 0)"},
        )
        .covering("the sign flow of |x| from x0 > 0")
        .derived(SignFlow(1).derivation())
    )


@claim("dB4-clarke", place="Definition B.4", kind="definition")
def clarke_subdifferential_of_the_absolute_value() -> Draft:
    """The slopes of |x| tend to 1 and -1 at 0, and every s in [-1, 1] is a mean of these two, by the weight (1+s)/2."""
    return (
        printed(
            "limit(diff(abs(x), x), x, 0, '+') == 1 and limit(diff(abs(x), x), x, 0, '-') == -1"
            " and (1 + s)/2*1 + (1 - (1 + s)/2)*(-1) == s and 0 <= (1 + s)/2 and (1 + s)/2 <= 1",
            given=["x real", "-1 <= s", "s <= 1"],
        )
        .covering("|x| at 0")
        .derived(SignFlow(1).derivation())
    )


@claim("remB5", place="Remark B.5", rests_on=["dB4-clarke"], kind="definition")
def nonsmooth_gradient_flow_contracts() -> Draft:
    """Subgradients g at x and h at y of a convex f satisfy <g - h, x - y> >= 0, so two solutions never move apart.

    D = f(x) - f(y) lies between hd = <h, x - y> and gd = <g, x - y>; |x - y|^2/2 moves at the rate -(gd - hd).
    """
    return printed(
        "gd - hd >= 0 and -(gd - hd) <= 0", given=["D real", "gd real", "hd real", "hd <= D", "D <= gd"]
    ).derived(SignFlow(1).derivation())


@claim("remB6-wellposed", place="Remark B.6, last sentence", rests_on=["remB6-flow"], kind="existence")
def sign_flow_is_well_posed() -> Draft:
    """The inclusion of sign flow is well-posed: two solutions do not move apart; here f = c x^2/2 for any c."""
    return (
        printed(
            "ddt((x - y)**2) <= 0", given=["x real", "y real", "c real"], flow={"x": "-sign(c*x)", "y": "-sign(c*y)"}
        )
        .corrected(
            mend="added hypothesis",
            given=["x real", "y real", "c >= 0"],
            note="For c < 0 solutions leave 0 to both sides, or rest there: they exist and are not unique. The"
            " right-hand side jumps, so it is not locally Lipschitz; for convex f (c >= 0) the inclusion is monotone.",
            covering="f = c x^2/2",
        )
        .derived(SignFlow(-1).derivation())
    )


@claim("s4-filippov-nonunique", place="Section 4, after Eq. (3)", rests_on=["remB6-wellposed"], kind="existence")
def solutions_need_not_be_unique() -> Draft:
    """Eq. (3) under f = -x^2/2 has, from 0, the solution 0 and the solution ((2-q) t)^(1/(2-q)), for 1 <= q < 2."""
    return (
        printed(
            "diff(X, t) == spow(X, q - 1) and X > 0 and limit(X, t, 0, '+') == 0 and diff(0*t, t) == spow(0, q - 1)",
            given=["1 <= q", "q < 2", "t > 0"],
            where={"X": "((2 - q)*t)**(1/(2 - q))"},
        )
        .covering("that solutions need not be unique")
        .derived(LeavingSolution().derivation())
    )


@claim("ns2-b-clarke-symbol", place="Appendix B, after Eq. (8)", kind="definition")
def symbol_of_the_subdifferential() -> Draft:
    """Eq. (8) is explained by a symbol that it does not contain, the subdifferential of g at theta_t."""
    return ill_posed(
        "Eq. (8) contains the subdifferential of f at x_t alone; g is the reparameterization, theta is not introduced",
        [
            (
                "of f at x_t, here f = |x| at 0: more slopes than one",
                printed("limit(diff(abs(x), x), x, 0, '+') != limit(diff(abs(x), x), x, 0, '-')", given=["x real"]),
            ),
            (
                "of g, the product of two layers: one slope everywhere",
                printed("limit(diff(u*w, u), u, u0) == w", given=["u real", "w real", "u0 real"]),
            ),
        ],
    ).derived(SignFlow(1).derivation())
