"""Lemmas G.7 and G.9, Corollary G.8: the angle between iterate and velocity, and the limit of the directions.

Notation as for the margins: D = Q(R'(theta)), nu = F log(1/F), v = |theta'|^2 = -dF/dt, u = <theta, d R'/dt> = dD/dt,
m = |theta|^2, norms in the metric R''. The cosine is b = u/sqrt(m v), so that b^-2 = m v/u^2; g is the soft margin.
"""

from __future__ import annotations

import sympy

from theory.admissibility import Admissibility
from theory.angle import Angle
from theory.any_potential import AnyPotential
from theory.conjugate import Conjugate
from theory.derivation import Derivation
from theory.directions import Direction
from theory.kkt import MarginProblem
from theory.margins import QMargin
from theory.potentials import MirrorPotential
from verify.claim import Draft, claim, printed
from verify.papers.mirror_flow.potentials import entropy, smoothed_above_two, x

alpha = sympy.Symbol("alpha", positive=True)
L = sympy.Symbol("L", positive=True)
e = sympy.Symbol("e", positive=True)
lam = sympy.Symbol("lam", positive=True)
X, Y = sympy.symbols("x y", real=True)
DEGREES = ["alpha >= 1", "L > 0"]
SMOOTHED_SLOPE = "(spow({0}, p - 1) + lam*({0}))"


def _derived(draft: Draft) -> Draft:
    return draft.derived(QMargin(L, alpha).derivation())


def _two_squares() -> Derivation:
    problem = MarginProblem(sympy.sqrt(X**2 + Y**2), [X**2 + 4 * Y**2], [X, Y])
    return problem.derivation([sympy.Symbol("l", nonnegative=True)])


@claim("mf-lem-G7", place="Lemma G.7", rests_on=["mf-lem-D1-ineq", "mf-lem-G7.step"], kind="inequality")
def angle_is_paid_by_the_margin() -> Draft:
    """The integral of (b^-2 - 1) dlog D from t1 to t2 is at most (alpha/L) log(g(t2)/g(t1)): at almost every time its
    rate (b^-2 - 1) u/D is at most that of (alpha/L) log g, since log g rises at the rate w >= L (v - u^2/m)/u by
    Lemma D.1 (with the product in E_tan squared)."""
    return _derived(
        printed(
            "(m*v/u**2 - 1)*(u/D) <= alpha/L*w",
            given=[*DEGREES, "v real", "m > 0", "u > 0", "u**2 <= m*v", "alpha*D >= m", "D real", "w real",
                   "w >= L*(v - u**2/m)/u"],
        )
    )  # fmt: skip


@claim("mf-lem-G7.step", place="Lemma G.7, display", rests_on=["mf-asm-4.4-def", "mf-lem-D1-Etan"], kind="inequality")
def tangential_energy_by_the_angle() -> Draft:
    """(Q/Q')^2 E_tan = D (v - u^2/m)/u^2 >= (m/alpha) (v - u^2/m)/u^2 = (b^-2 - 1)/alpha, and
    L/(dlog D/dt) E_tan = L (dlog D/dt) (Q/Q')^2 E_tan."""
    energy = "((v - u**2/m)/D)"
    return _derived(
        printed(
            f"(D/u)**2*{energy} == D*(v - u**2/m)/u**2 and D*(v - u**2/m)/u**2 >= m/alpha*(v - u**2/m)/u**2"
            " and m/alpha*(v - u**2/m)/u**2 == (m*v/u**2 - 1)/alpha"
            f" and L/(u/D)*{energy} == L*(u/D)*((D/u)**2*{energy})",
            given=[*DEGREES, "v real", "m > 0", "u > 0", "u**2 <= m*v", "alpha*D >= m", "D real"],
        )
    )


@claim("mf-cor-G8", place="Corollary G.8", rests_on=["mf-lem-G7", "mf-cor-G8.pointwise"], kind="existence")
def some_angle_is_small() -> Draft:
    """Some time between t1 and t2 has b^-2 - 1 <= C = (alpha/L) dlog g/dlog D (differences over the interval; dD > 0).

    Else J, the integral of (b^-2 - 1) dlog D, exceeds C times dlog D, and is at most (alpha/L) dlog g by Lemma G.7.
    """
    return _derived(
        printed("not (J > C*dD)", given=[*DEGREES, "dg real", "dD > 0", "J real", "J <= alpha/L*dg"],
                where={"C": "alpha/L*dg/dD"})
    )  # fmt: skip


@claim("mf-cor-G8.pointwise", place="Corollary G.8", rests_on=["mf-lem-D1-logQ"], kind="inequality")
def integrand_above_the_bound() -> Draft:
    """Where b^-2 - 1 > C and log D rises at the rate r > 0, the integrand exceeds C r, so the integral C dlog D."""
    return printed("w*r > C*r", given=["w real", "C real", "w > C", "r > 0"]).derived(Angle().derivation())


@claim("mf-cor-G8-proof", place="Corollary G.8, proof", rests_on=["mf-lem-D1-logQ"], kind="inequality")
def logarithm_of_the_conjugate() -> Draft:
    """Lemma D.1 gives log Q > 0; f = theta > 0 under gradient flow has F = exp(-theta) < 1 and Q = theta^2/2."""
    return _derived(
        printed("log(x**2/2) > 0", given=["x > 0", "exp(-x) < 1"]).corrected(
            "ddt(log(D)) > 0",
            mend="misprint",
            given=["D > 0", "u > 0"],
            flow={"D": "u"},
            note="It is the derivative of log Q that is positive, and this is what the proof needs.",
        )
    )


@claim("mf-cor-G8-proof.bracket", place="Corollary G.8, proof, display", kind="identity")
def integral_of_a_constant() -> Draft:
    """The integral of C dlog Q is printed as C log Q(t2) - log Q(t1)."""
    return printed("integrate(C/u, (u, a, b)) == C*log(b) - log(a)", given=["C > 0", "a > 0", "b > a"]).corrected(
        "integrate(C/u, (u, a, b)) == C*(log(b) - log(a))", mend="misprint", note="A bracket is missing."
    ).derived(Angle().derivation())


@claim("mf-lem-G9-seq", place="Lemma G.9, proof", rests_on=["mf-cor-G8", "mf-lem-G9-seq.dual"], kind="existence")
def sequence_of_small_angles() -> Draft:
    """With (alpha/L) log(g_oo/g(s)) <= h^3 and log Q(s') = log Q(s) + h the corollary gives c = b^-2 - 1 <= h^2, so
    that b^2 >= 1/(1 + h^2) -> 1."""
    return _derived(
        printed(
            'c <= h**2 and b >= 1/sqrt(1 + h**2) and limit(1/sqrt(1 + h**2), h, 0, "+") == 1',
            given=["h > 0", "c >= 0", "c*h <= h**3"],
            where={"b": "1/sqrt(1 + c)"},
        ).covering("the angle; for the dual direction see below, for the primal one the last display")
    )


@claim("mf-lem-G9-seq.dual", place="Lemma G.9, proof", rests_on=["mf-lem-G9-seq.drift"], kind="limit")
def dual_direction_converges() -> Draft:
    """The dual direction is within d <= (2 B_1/(L C_2 g0)) l + h of its limit, l <= h the rise of log Q: it tends to
    it."""
    return printed(
        'd <= k*h + h and limit(k*h + h, h, 0, "+") == 0',
        given=["h > 0", "k > 0", "l real", "l <= h", "d real", "d <= k*l + h"],
    ).derived(Angle().derivation())


@claim("mf-lem-G9-seq.drift", place="Lemma G.9, proof", rests_on=["mf-lem-E1", "mf-lem-E2"], kind="inequality")
def dual_direction_moves_with_the_logarithm() -> Draft:
    """Lemmas E.1 and E.2 bound the drift rate: 2 B u/(L g C T P) <= (2 B/(L C g0)) dlog D/dt, where T = |theta|_2,
    P = |R'|_2, dlog D/dt >= u/(T P) and g >= g0."""
    return printed(
        "2*B*u/(L*g*C*T*P) <= 2*B/(L*C*k)*w",
        given=["B > 0", "L > 0", "C > 0", "T > 0", "P > 0", "u > 0", "k > 0", "g >= k", "w >= u/(T*P)"],
    ).derived(Direction(2).derivation())


@claim("mf-G9-gbar", place="Lemma G.9", rests_on=["mf-intro-phi-def"], kind="limit")
def dual_direction_of_the_smoothed_potential() -> Draft:
    """The limit of R'(theta)/|R'(theta)| is a positive multiple of a subgradient of phi at the limit of theta/|theta|;
    smoothed potential, p > 2: the coordinates of R' are in the limit as spow(x, p-1) to spow(y, p-1)."""
    ratio = f"{SMOOTHED_SLOPE.format('y*r')}/{SMOOTHED_SLOPE.format('x*r')}"
    return (
        printed(
            f"limit({ratio}, r, oo) == spow(y, p - 1)/spow(x, p - 1)",
            given=["x real", "x != 0", "y real", "p > 2", "lam >= 0"],
        )
        .covering("smoothed potential, p > 2, along rays")
        .derived(smoothed_above_two().derivation())
    )


@claim("mf-G9-gbar.entropy", place="Lemma G.9", rests_on=["mf-intro-phi-def"], kind="limit")
def dual_direction_of_the_entropy() -> Draft:
    """The same for the hyperbolic entropy on the curves (r, y r^s), 0 < s <= 1: the coordinates of R' are in the limit
    as 1 to s, a subgradient of |.|_1 at (1, 0) for s < 1 and at (1, y) for s = 1."""
    return (
        printed(
            "limit(asinh(y*r**s/sqrt(lam))/asinh(r/sqrt(lam)), r, oo) == s and 0 <= s and s <= 1",
            given=["y > 0", "0 < s", "s <= 1", "lam > 0"],
        )
        .covering("hyperbolic entropy, two positive coordinates on power curves")
        .derived(entropy().derivation())
    )


@claim("mf-G9-limit", place="Lemma G.9, last display", rests_on=["mf-G9-gbar"], kind="limit")
def direction_from_the_dual_direction() -> Draft:
    """The direction of theta is the limit of that of Q'(|R'| g), g the limit of R'/|R'|, since Q is separable with the
    same growth in each coordinate. Entropy, lam = 1, theta = (r, y r), y > 0: both coordinates of R' = asinh(theta)
    have the ratio 1 in the limit, that of the coordinates of Q'(|R'| g) = sinh(|R'| g) is claimed to tend to y."""
    return (
        printed("limit(asinh(y*r)/asinh(r), r, oo) == 1 and limit(sinh(r*1)/sinh(r), r, oo) == y", given=["y > 0"])
        .corrected(
            f"limit({SMOOTHED_SLOPE.format('y*r')}/{SMOOTHED_SLOPE.format('x*r')}, r, oo) == (y/x)**(p - 1)"
            " and ((y/x)**(p - 1))**(1/(p - 1)) == y/x",
            mend="added hypothesis",
            given=["x > 0", "y > 0", "p > 2", "lam >= 0"],
            note="The gradient of Q must be asymptotically homogeneous, as it is for alpha > 1: for the smoothed"
            " potentials the ratio of the coordinates of theta is the (p-1)-th root of that of the dual. That of the"
            " entropy is sqrt(lam) sinh: different directions share a limit of the dual direction.",
            covering="smoothed potential, p > 2, along rays",
        )
        .derived(Conjugate(entropy()).derivation())
    )


@claim("mf-G9-limit.any-potential", place="Lemma G.9, last display", rests_on=["mf-lem-2.5"], kind="dynamics")
def mirror_map_of_any_potential_of_a_degree_above_one() -> Draft:
    """Any separable potential of the degree alpha > 1 will do: R/x rises at the rate D/x^2, since R' = (R + D)/x. So
    where D lies between c x^alpha and h x^alpha, R/x rises as those multiples of x^(alpha - 1)/(alpha - 1) do, and
    R' = R/x + D/x is of the degree alpha - 1; with h/c -> 1 the ratios of its coordinates are in the limit the powers
    alpha - 1 of those of theta."""
    bound = "R/x - {0}*x**(alpha - 1)/(alpha - 1)"
    return (
        printed(
            f"ddt(R/x) == D/x**2 and ddt({bound.format('c')}) >= 0 and ddt({bound.format('h')}) <= 0",
            given=["x > 0", "alpha > 1", "c > 0", "h > 0", "R real", "D real", "D >= c*x**alpha", "D <= h*x**alpha"],
            flow={"x": "1", "R": "(R + D)/x"},
        )
        .covering("separable R, alpha > 1")
        .derived(AnyPotential().derivation())
    )


@claim("mf-G9-limit.p2", place="Lemma G.9, last display", rests_on=["mf-G9-gbar"], kind="limit")
def direction_from_the_dual_direction_at_p_two() -> Draft:
    """At p = 2 the mirror map is the multiple (1 + lam) theta, and both directions agree at all times."""
    return (
        printed("(1 + lam)*y/((1 + lam)*n) == y/n", given=["y real", "n > 0", "lam >= 0"])
        .covering("p = 2")
        .derived(Admissibility(MirrorPotential((1 + lam) * x**2 / 2, x)).potential.derivation())
    )


@claim("mf-thm-G2", place="Theorem G.2", kind="limit",
       rests_on=["mf-lem-G6", "mf-lem-G9-seq", "mf-G9-limit", "mf-lem-G5", "mf-thm-G2.flow", "mf-thm-G2.example"],
)  # fmt: skip
def limit_directions_are_solutions() -> Draft:
    """Limit points of the directions are directions of a solution of min phi^2/2 with q >= 1: gradient flow of
    f = x^2 + 4 y^2 from a point with y = 0 keeps y = 0, so that its direction is (1, 0), feasible and claimed to have
    the least norm of all feasible points."""
    epsilon = "sqrt(2*k*(1 - b)/{0}**(2/L))"
    return (
        printed("x**2 + y**2 >= 1**2 + 0**2", given=["x real", "y real", "x**2 + 4*y**2 >= 1"])
        .corrected(
            f"implies(b <= 1, {epsilon.format('g')} <= {epsilon.format('h')})"
            f' and limit({epsilon.format("h")}, b, 1, "-") == 0 and limit(C/z, z, oo) == 0',
            mend="weaker conclusion",
            given=["k > 0", "h > 0", "g >= h", "L > 0", "C > 0", "b real"],
            note="The limit is the direction of a KKT point, as the proof and Theorem 4.7 have it. Solutions are KKT"
            " points, by the constraint qualification, but a KKT point of a problem that is not convex need not be a"
            " solution. Along the sequence of Lemma G.9 the bounds of Lemma G.6 vanish: epsilon = sqrt(2 k"
            " (1 - b)/g^(2/L)) with b -> 1, k the growth constant and the soft margin g above h, and delta = C/z with"
            " z = log(1/F) -> oo; limits of such points are KKT points, by the constraint qualification.",
            covering="the residuals along the sequence of Lemma G.9",
        )
        .derived(_two_squares())
    )


@claim("mf-thm-G2.flow", place="Theorem G.2", kind="dynamics")
def axis_is_invariant() -> Draft:
    """That flow: on y = 0, where the loss is exp(-x^2) < 1, y rests and x grows."""
    return printed(
        "ddt(y) == 0 and ddt(x) > 0",
        given=["x > 0", "y real", "y == 0"],
        flow={"x": "exp(-(x**2 + 4*y**2))*2*x", "y": "exp(-(x**2 + 4*y**2))*8*y"},
    ).derived(_two_squares())


@claim("mf-thm-G2.example", place="Theorem G.2", rests_on=["mf-thm-G2.flow"], kind="equivalence")
def axis_is_a_kkt_point() -> Draft:
    """The direction (1, 0) of that flow is a KKT point with the multiplier 1/2; (0, 1/2) is feasible and shorter."""
    return printed(
        "1 - 1/2*(2*1) == 0 and 0 - 1/2*(8*0) == 0 and 1/2*(1**2 + 4*0**2 - 1) == 0 and 0**2 + 4*(1/2)**2 >= 1"
    ).covering("f = x^2 + 4 y^2").derived(_two_squares())
