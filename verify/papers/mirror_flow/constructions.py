"""Three constructions that satisfy the printed assumptions: a potential with gaps for Theorem 4.6 and functions whose
flow spirals, under gradient flow for Theorem 4.7 and under the entropy for Corollary 4.8.

The potential is even, with R'' = 2 D k/theta^2 for theta > 0, where D = Q(R') starts as theta^2/2. The factor k is 1
except within 1 of the gaps, the n-th from n^3 to n^3 + n, n = 2, 3, ...; there it is the larger of e^-n and the
distance from the gap, so that it has the Lipschitz constant 1 and lies in (0, 1].

The function is f = r^2 exp(V) of three weights in the coordinates r = |theta|, the longitude phi and the latitude's
Mercator ordinate s, for which the metric of the sphere is a multiple of ds^2 + dphi^2. It has V = 0 south of the
equator, s <= 0, and is changed smoothly where s >= 2, which the flow from s <= 1 does not see.

The other function is f = S^L exp(V), S = theta_1 + theta_2 + theta_3, V a function of the direction theta/S, (x, y, z).
The curve has x = 1/3 + (1 + s) cos(u)/10, y and z the same with u + 2 pi/3 and u + 4 pi/3, S = exp(exp(u)), s = 1/u; it
winds towards the circle s = 0. Any curve is followed by a suitable f: with p, q, r > 0 the speeds of R'(theta) along it
and w = x p + y q + z r, the slopes of V are L (p/w - 1) and so on, orthogonal to (x, y, z). In s and the angle phi they
are two functions of s alone, V_s and V_phi, and V = A + V_phi sin(phi - u) with A' = V_s - V_phi/s^2 has them. All are
smooth functions of h = S/S' = exp(-1/s), m = lam/S^2, s and the circular functions of 1/s that vanish at h = m = 0:
so V is flat at s = 0, and constant beyond; where s >= 2 it is changed smoothly.

A fourth weight t can be added to it, with R'(t) = k T cos(log T) along the curve, T = log S = exp(u) and k = 9/10. As
t/S is flat in s too, V gains the term (t/S - (t/S on the curve)) (L k (cos(phi) - sin(phi)) + a flat function of s),
whose slope in t/S is, in the limit, L times the slope of R'(t) in T; the other slopes change by flat terms.
"""

from __future__ import annotations

import sympy

from theory.followed_curve import FollowedCurve
from theory.lagging_weight import LaggingWeight
from theory.radial_factor import RadialFactor
from theory.spiral import Spiral
from verify.claim import Draft, claim, printed

GAPS = "the potential with gaps"
SPIRAL = "f = r^2 exp(V), one sample, R = |theta|^2/2"
V = "-exp(-1/s)*(1 - sin(phi - 1/s)/(1 + s**4))"
ROUND = "f = S^L exp(V), one sample, hyperbolic entropy"
CIRCLE = "1/3 + (1 + s)/10*cos({0})"


@claim("mf-thm-4.6-loss-le2.gaps", place="Theorem 4.6, alpha = 2", rests_on=["mf-asm-4.4-def"], kind="inequality")
def potential_with_gaps_satisfies_the_radial_inequality() -> Draft:
    """The potential with gaps has 2 D >= theta^2 R'' and R'' > 0, and log(D/theta^2) falls at the rate 2 (1 - k)/theta,
    which is 0 outside the gaps."""
    return printed(
        "2*D >= x**2*H and H > 0 and ddt(D/x**2) <= 0 and ddt(log(D/x**2)) == -2*(1 - k)/x",
        given=["x > 0", "D > 0", "0 < k", "k <= 1"],
        where={"H": "2*D*k/x**2"},
        flow={"x": "1", "D": "2*D*k/x"},
    ).covering(GAPS).derived(RadialFactor.unknown(sympy.Integer(2)).derivation())


@claim("mf-thm-4.6-loss-le2.degree", place="Theorem 4.6", rests_on=["mf-thm-4.6-loss-le2.gaps"], kind="inequality")
def potential_with_gaps_has_degree_two() -> Draft:
    """On the n-th gap log(D/theta^2) falls by at most 2 (n + 2)/(n^3 - 1) <= 8 (1/(n - 1) - 1/n), by 8 on all:
    D/theta^2 has a positive limit. Between two gaps lies a distance of at least n, so that R' has no bound."""
    return printed(
        "2*(n + 2)/(n**3 - 1) <= 8*(1/(n - 1) - 1/n) and (n + 1)**3 - 1 - (n**3 + n + 1) >= n",
        given=["n >= 2 integer"],
    ).covering(GAPS).derived(RadialFactor.unknown(sympy.Integer(2)).derivation())


@claim("mf-thm-4.6-loss-le2.time", place="Theorem 4.6, alpha = 2", rests_on=["mf-thm-4.6-loss-le2.gaps"], kind="limit")
def time_to_cross_a_gap() -> Draft:
    """For f = theta the time at theta is the integral of R'' e^theta <= k e^theta: with k <= 1 before the n-th gap and
    k = e^-n on it, at most 2 e^(n^3) at its end, where the loss is e^-(n^3 + n); so the loss times t tends to 0."""
    return printed(
        "2*D*k/x**2*exp(x) <= k*exp(x)"
        " and exp(n**3) + exp(-n)*(exp(n**3 + n) - exp(n**3)) <= 2*exp(n**3)"
        " and exp(-n**3 - n)*(2*exp(n**3)) == 2*exp(-n) and limit(2*exp(-n), n, oo) == 0",
        given=["x > 0", "D > 0", "D <= x**2/2", "0 < k", "k <= 1", "n >= 2"],
    ).covering(GAPS).derived(RadialFactor.unknown(sympy.Integer(2)).derivation())


@claim("mf-thm-4.7-conv.spiral", place="Theorem 4.7", kind="dynamics")
def flow_along_a_spiral() -> Draft:
    """f = r^2 exp(V) is smooth off the origin, and its gradient flow moves (s, phi) along the gradient of V at a speed
    m > 0: the curve phi = 1/s is never left, and s falls. Since V_s is 0 nowhere on it, s falls to 0 while r rises."""
    return printed(
        "ddt(phi - 1/s) == 0 and ddt(s) < 0",
        given=["s > 0", "phi == 1/s", "m > 0"],
        where={"V": V},
        flow={"s": "m*diff(V, s)", "phi": "m*diff(V, phi)"},
    ).covering(SPIRAL).derived(Spiral().derivation())


@claim(
    "mf-thm-4.7-conv", place="Theorem 4.7", kind="limit",
    rests_on=["mf-thm-4.7-conv.spiral", "mf-thm-4.7-conv.every-degree", "mf-thm-4.5-limits", "mf-lem-G9-seq"],
)  # fmt: skip
def direction_converges() -> Draft:
    """The direction converges under Assumptions 2.1, 2.3 and 4.4: p = 2, lam = 0 and a smooth f whose flow follows
    phi = 1/s as s -> 0, so that the first coordinate of the direction, of the order of cos(1/s), would have a limit."""
    return printed('limit(cos(1/s), s, 0, "+") == c', given=["s > 0", "c real"]).corrected(
        "diff(V, phi) == exp(-1/s)/(1 + s**4) and diff(V, s) == -exp(-1/s)*s**2/(1 + s**4)"
        ' and limit(exp(-1/s)/(1 + s**4), s, 0, "+") == 0 and limit(exp(-1/s)*s**2/(1 + s**4), s, 0, "+") == 0',
        mend="weaker conclusion",
        given=["s > 0", "phi == 1/s"],
        where={"V": V},
        note="The direction need not converge: it may circle for ever. Every limit point is the direction of a KKT"
        " point: here the slopes of V tend to 0 along the curve, so that V has none at the equator.",
        covering=SPIRAL,
    ).derived(Spiral().derivation())


@claim("mf-thm-4.7-conv.every-degree", place="Theorem 4.7", rests_on=["mf-cor-4.8.curve"], kind="dynamics")
def curve_under_the_smoothed_potentials() -> Draft:
    """The same for every p > 2 and lam >= 0: f = S^L exp(V) with S = |theta|_p and a curve S (x, y, z) that winds
    towards a circle of the unit sphere of |.|_p, S' = S/h, x' = a. Then h/S^(p-1) times the speed of a coordinate of
    R'(theta) is (p-1) x^(p-1), the slope of log S up to a factor, and terms with h and m = lam S^(2-p), which vanish in
    the limit faster than every power: V is flat again."""
    return (
        printed(
            "h*ddt((S*x)**(p - 1) + lam*(S*x))/S**(p - 1)"
            " == (p - 1)*x**(p - 1) + m*x + h*a*((p - 1)*x**(p - 2) + m)"
            ' and limit(exp(-(p - 2)*exp(1/s))/s**k, s, 0, "+") == 0',
            given=["x > 0", "S > 0", "lam >= 0", "p > 2", "a real", "h > 0", "k > 0"],
            where={"m": "lam*S**(2 - p)"},
            flow={"x": "a", "S": "S/h"},
        )
        .covering("f = |theta|_p^L exp(V), one sample, p > 2")
        .derived(FollowedCurve().derivation())
    )


@claim("mf-cor-4.8.curve", place="Corollary 4.8", kind="identity")
def any_curve_is_followed() -> Draft:
    """With the slopes e, f, g of V as above, <(x, y, z), (e, f, g)> = 0, as the degree of V asks, and the slopes
    L + e, L + f, L + g of log f times S are a positive multiple of (p, q, r): the flow runs along the curve."""
    return (
        printed(
            "x*e + y*f + z*g == 0 and L + e == L/w*p and L + f == L/w*q and L + g == L/w*r and L/w > 0",
            given=["x > 0", "y > 0", "z > 0", "x + y + z == 1", "p > 0", "q > 0", "r > 0", "L > 0"],
            where={"w": "x*p + y*q + z*r", "e": "L*(p/w - 1)", "f": "L*(q/w - 1)", "g": "L*(r/w - 1)"},
        )
        .covering("three weights")
        .derived(FollowedCurve().derivation())
    )


@claim("mf-cor-4.8.circle", place="Corollary 4.8", kind="inequality")
def curve_that_winds_towards_a_circle() -> Draft:
    """That curve: its coordinates add up to one, are at least 2/15 and have, in u = 1/s, speeds of at most 3/10; v and
    w are the cosine and the sine."""
    angles = [CIRCLE.format(f"u{shift}") for shift in ("", " + 2*pi/3", " + 4*pi/3")]
    return (
        printed(
            f"({angles[0]}) + ({angles[1]}) + ({angles[2]}) == 1 and 1/3 + (1 + s)/10*v >= 2/15"
            " and abs(-(1 + s)/10*w - s**2/10*v) <= 3/10",
            given=["0 < s", "s <= 1", "u real", "abs(v) <= 1", "abs(w) <= 1"],
        )
        .covering(ROUND)
        .derived(FollowedCurve().derivation())
    )


@claim("mf-cor-4.8.speed", place="Corollary 4.8", rests_on=["mf-cor-4.8.circle"], kind="inequality")
def speed_of_the_dual_along_the_curve() -> Draft:
    """With x' = a the coordinate S x of R'(theta) = asinh(theta/sqrt(lam)) has the speed (x + h a)/(h sqrt(x^2 + m)),
    which is positive, and h times it tends to one with h and m: where u >= 1, h <= exp(-1) <= 10/27."""
    speed = "(x + h*a)/sqrt(x**2 + m)"
    return (
        printed(
            f"{speed} > 0 and {speed} == x/sqrt(x**2 + m)*(1 + h*a/x) and x/sqrt(x**2 + m) <= 1"
            " and x/sqrt(x**2 + m) >= 1 - m/(2*x**2) and abs(h*a/x) <= 9/4*h and exp(-1) <= 10/27",
            given=["x >= 2/15", "abs(a) <= 3/10", "0 < h", "h <= 10/27", "m >= 0"],
        )
        .covering(ROUND)
        .derived(FollowedCurve().derivation())
    )


@claim("mf-cor-4.8.dual", place="Corollary 4.8", kind="dynamics")
def speed_of_the_dual_of_the_entropy() -> Draft:
    """Where that speed comes from: x' = a and S' = S/h, m = lam/S^2; h = exp(-1/s) and m = lam exp(-2 exp(1/s)) vanish
    faster than every power of s."""
    return (
        printed(
            "h*ddt(asinh(S*x/sqrt(lam))) == (x + h*a)/sqrt(x**2 + lam/S**2)"
            ' and limit(exp(-1/s)/s**k, s, 0, "+") == 0 and limit(exp(-2*exp(1/s))/s**k, s, 0, "+") == 0',
            given=["x > 0", "S > 0", "lam > 0", "a real", "h > 0", "k > 0"],
            flow={"x": "a", "S": "S/h"},
        )
        .covering(ROUND)
        .derived(FollowedCurve().derivation())
    )


@claim(
    "mf-cor-4.8", place="Corollary 4.8", kind="limit",
    rests_on=[
        "mf-G3-reparam-flow", "mf-G3-metric", "mf-G3-balance-limit", "mf-G3-objective", "mf-G3-b",
        "mf-G3-kkt-transfer", "mf-thm-4.5-limits", "mf-cor-4.8.curve", "mf-cor-4.8.speed", "mf-cor-4.8.dual",
    ],
)  # fmt: skip
def direction_under_the_entropy_converges() -> Draft:
    """Under the entropy, lam > 0, the direction theta/|theta|_1 converges: the function of above, whose flow winds
    towards a circle, so that the first coordinate of the direction, 1/3 + (1 + s) cos(1/s)/10, would have a limit."""
    first = CIRCLE.format("1/s")
    return (
        printed(f'limit({first}, s, 0, "+") == c', given=["s > 0", "c real"])
        .corrected(
            "limit(asinh(r*y/sqrt(lam))/log(r), r, oo) == sign(y) and limit(asinh(r/sqrt(lam))/log(r), r, oo) == 1"
            " and abs(asinh(w/sqrt(lam))) <= asinh(u/sqrt(lam))",
            mend="added hypothesis",
            given=["y != 0", "w real", "u > 0", "w <= u", "-w <= u", "lam > 0"],
            note="The direction need not converge: it may circle for ever, each point of the circle being the direction"
            " of a KKT point. Where it converges it does so to one: R'(theta)/log|theta| tends to subgradients of"
            " |theta|_1, zero coordinates included, and lies in the cone of the slopes of the least outputs.",
            covering="where the direction converges",
        )
        .derived(FollowedCurve().derivation())
    )


@claim("mf-cor-4.8.fourth", place="Corollary 4.8", rests_on=["mf-cor-4.8.curve"], kind="dynamics")
def weight_that_lags_behind() -> Draft:
    """The fourth weight: R'(t) = k T cos(log T), k < 1, has the slope k (cos v - sin v), v = log T, and is at most k T
    in size, so that t = sqrt(lam) sinh(R'(t)) vanishes against S = exp(T)."""
    return (
        printed(
            "ddt(k*T*cos(log(T))) == k*(cos(log(T)) - sin(log(T))) and abs(k*T*cos(log(T))) <= k*T"
            " and limit(sinh(k*r)/exp(r), r, oo) == 0",
            given=["T > 0", "0 < k", "k < 1"],
            flow={"T": "1"},
        )
        .covering(ROUND)
        .derived(LaggingWeight(sympy.Rational(9, 10)).derivation())
    )


@claim(
    "mf-cor-4.8.limit-points", place="Corollary 4.8; Appendix G.3", kind="limit",
    rests_on=["mf-cor-4.8.fourth", "mf-cor-4.8.circle", "mf-cor-4.8.speed", "mf-G3-kkt-transfer"],
)  # fmt: skip
def limit_points_under_the_entropy_are_kkt_points() -> Draft:
    """Every limit point of the direction is that of a KKT point, as for the smoothed potentials: every angle v of the
    circle is a limit point, with the fourth coordinate 0 and the slopes 1, 1, 1 and c = 9/10 (cos v - sin v) of f, up
    to a factor; so c would have to lie between -1 and 1."""
    return (
        printed("abs(9/10*(cos(v) - sin(v))) <= 1", given=["v real"])
        .corrected(
            "limit(asinh(r*y/sqrt(lam))/log(r), r, oo) == sign(y)",
            mend="added hypothesis",
            given=["y != 0", "lam > 0"],
            note="The conditions of the factors say nothing of a coordinate that vanishes in the limit: its slope may"
            " be the greatest at some limit points as long as its average over log|theta| is not. Where the direction"
            " converges, the slopes do too, and the limit is a KKT point.",
            covering="where the direction converges, coordinates that do not vanish",
        )
        .derived(LaggingWeight(sympy.Rational(9, 10)).derivation())
    )
