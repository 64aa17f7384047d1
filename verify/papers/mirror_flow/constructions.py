"""Two constructions that satisfy the printed assumptions: a potential with gaps for Theorem 4.6 and a function whose
flow spirals for Theorem 4.7.

The potential is even, with R'' = 2 D k/theta^2 for theta > 0, where D = Q(R') starts as theta^2/2. The factor k is 1
except within 1 of the gaps, the n-th from n^3 to n^3 + n, n = 2, 3, ...; there it is the larger of e^-n and the
distance from the gap, so that it has the Lipschitz constant 1 and lies in (0, 1].

The function is f = r^2 exp(V) of three weights in the coordinates r = |theta|, the longitude phi and the latitude's
Mercator ordinate s, for which the metric of the sphere is a multiple of ds^2 + dphi^2. It has V = 0 south of the
equator, s <= 0, and is changed smoothly where s >= 2, which the flow from s <= 1 does not see.
"""

from __future__ import annotations

import sympy

from theory.radial_factor import RadialFactor
from theory.spiral import Spiral
from verify.claim import Draft, claim, printed

GAPS = "the potential with gaps"
SPIRAL = "f = r^2 exp(V), one sample, R = |theta|^2/2"
V = "-exp(-1/s)*(1 - sin(phi - 1/s)/(1 + s**4))"


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
    rests_on=["mf-thm-4.7-conv.spiral", "mf-thm-4.5-limits", "mf-lem-G9-seq"],
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
