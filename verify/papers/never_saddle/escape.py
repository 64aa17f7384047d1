"""Figures 2 and 3, Remark 4.4, the text after Corollary 4.10: how fast the flow leaves the saddles."""

from __future__ import annotations

import sympy

from theory.metric import InverseMetric
from theory.power_flow import PowerFlow
from theory.saddles import ProductLandscape
from theory.steepest_direction import SteepestDirection
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.never_saddle import instances
from verify.papers.never_saddle.instances import balance_law

POWER_FLOW = ["m > 1", "x0 > 0", "t >= 0", "t < x0**(1 - m)/(m - 1)"]
SOLUTION = "(x0**(1 - m) - (m - 1)*t)**(-1/(m - 1))"


@claim("fig2-ode", place="Figure 2, right, caption", rests_on=["fig2-metric-exponent"], kind="dynamics")
def solution_of_the_power_flow() -> Draft:
    """The solution of x' = x^m, m > 1, from x0: (x0^(1-m) - (m-1) t)^(-1/(m-1)) until it blows up."""
    draft = printed("diff(X, t) == X**m", given=POWER_FLOW, where={"X": SOLUTION}).covering("m > 1")
    return draft.derived(PowerFlow(sympy.Symbol("m", positive=True)).derivation())


@claim("fig2-ode.start", place="Figure 2, right, caption", rests_on=["fig2-metric-exponent"], kind="dynamics")
def start_of_the_power_flow() -> Draft:
    """At t = 0 that solution is x0."""
    return printed(f"{SOLUTION} == x0", given=["m > 1", "x0 > 0"], where={"t": "0"}).derived(
        PowerFlow(sympy.Symbol("m", positive=True)).derivation()
    )


@claim("fig2-ode.exponent", place="Figure 2, caption", rests_on=["fig2-metric-exponent"], kind="identity")
def exponent_of_the_power_flow() -> Draft:
    """The caption prints the flow of the metric exponents as dx = x^q dt, q the index of the descent."""
    return (
        printed("x**q == x**(q*(L - 1)/L)", given=["x > 0", "q >= 1", "L >= 2 integer"])
        .corrected(
            "(x**(1/L))**(q*(L - 1)) == x**(q*(L - 1)/L)",
            mend="misprint",
            note="The exponent must be m = q (L-1)/L, that of L - 1 layers x^(1/L); q itself is its limit L = oo.",
        )
        .derived(InverseMetric(instances.DEPTH).derivation())
    )


@claim("intro-blowup", place="Section 1", rests_on=["fig2-ode"], kind="dynamics")
def blow_up_in_finite_time() -> Draft:
    """For m = 2 the solution of x' = x^m is infinite at t = 1/x0."""
    draft = printed("limit(1/(1/x0 - t), t, 1/x0, '-') == oo", given=["x0 > 0"]).covering("m = 2")
    return draft.derived(PowerFlow(2).derivation())


@claim("intro-blowup.any-exponent", place="Section 1", rests_on=["fig2-ode"], kind="dynamics")
def blow_up_in_finite_time_for_every_exponent() -> Draft:
    """For every m > 1 the solution of x' = x^m from x0 is infinite at t = x0^(1-m)/(m-1)."""
    return printed(f"limit({SOLUTION}, t, x0**(1 - m)/(m - 1), '-') == oo", given=["m > 1", "x0 > 0"]).derived(
        PowerFlow(sympy.Symbol("m", positive=True)).derivation()
    )


@claim("intro-blowup.power", place="Section 1", rests_on=["fig2-ode"], kind="dynamics")
def no_blow_up_below_one() -> Draft:
    """For m < 1 the solution (x0^(1-m) + (1-m) t)^(1/(1-m)) of x' = x^m is there at all times."""
    return printed(
        "diff(X, t) == X**m and X > 0",
        given=["0 < m", "m < 1", "x0 > 0", "t >= 0"],
        where={"X": "(x0**(1 - m) + (1 - m)*t)**(1/(1 - m))"},
    ).derived(PowerFlow(sympy.Symbol("m", positive=True)).derivation())


@claim("intro-blowup.exponent-one", place="Section 1", rests_on=["fig2-ode"], kind="dynamics")
def no_blow_up_at_one() -> Draft:
    """For m = 1 the solution x0 exp t of x' = x is there at all times."""
    return printed("diff(X, t) == X and X > 0", given=["x0 > 0", "t >= 0"], where={"X": "x0*exp(t)"}).derived(
        PowerFlow(1).derivation()
    )


@claim("intro-exp-slowdown", place="Section 1; text after Lemma 4.13", rests_on=["fig2-ode"], kind="asymptotic")
def slow_down_near_zero() -> Draft:
    """A metric exponent m > 1 causes an initial (exponential) slow-down; from s to 1 it takes (s^(1-m) - 1)/(m-1)."""

    def at_zero(relation: str) -> Draft:
        return printed(f"{relation}, s, 0)", given=["s > 0"])

    return ill_posed(
        "it is not said what is exponential in what; the time from s to 1 is a power of 1/s (here m = 2)",
        [
            ("the time grows at least like exp(1/s)", at_zero("bigo(exp(1/s), 1/s - 1")),
            ("the time grows like 1/s, exponential in log(1/s)", at_zero("bigtheta(1/s - 1, 1/s")),
            ("at m = 1 the time log(1/s) is shorter", at_zero("littleo(log(1/s), 1/s - 1")),
        ],
    ).derived(PowerFlow(2).derivation())


_WIDTH = "1/10"
_END1 = "(-1/10 + sqrt(1/100 + 4/10))/2"
_END15 = "((-b + sqrt(b**2 + 4*b))/2)**(2/3)"
_END2 = "sqrt((-1/100 + sqrt(1/10000 + 4/100))/2)"
_LENGTH15 = "integrate(2*u*sqrt(1 + u**2*(u**3 + b)**(-2/3)), (u, 0, sqrt(end15)))"  # in u = sqrt(w)
_LENGTH2 = "integrate(sqrt(1 + w**2/(w**2 + 1/100)), (w, 0, end2))"


@claim("fig3-path-length", place="Figure 3, caption", rests_on=["d46-def"], kind="inequality")
def path_along_the_balance() -> Draft:
    """From (0.1, 0) along |m|^q - |w|^q = 0.1^q to m w = 0.1 the path is shorter for q = 1 than 1.5 than 2."""
    return printed(
        f"sqrt(2)*end1 < {_LENGTH15} and {_LENGTH15} < {_LENGTH2}",
        where={"b": f"({_WIDTH})**(3/2)", "end1": _END1, "end15": _END15, "end2": _END2},
    ).derived(balance_law(2))


@claim("r44-notsaddle", place="Remark 4.4", rests_on=["d2-saddle"], kind="classification")
def points_of_the_set_are_no_saddles_under_decay() -> Draft:
    """With decay a no point of S is a saddle; for two layers S is the origin, where the Hessian has a - |f'(0)|."""
    return (
        printed("a - abs(f1) >= 0", given=["a > 0", "f1 != 0"])
        .corrected(
            "diff(f + a*w3**2/2, w3) == a*w3 and a*w3 != 0",
            mend="added hypothesis",
            given=["a > 0", "w1 == 0", "w2 == 0", "w3 != 0", "r != 0", "b real", "c real"],
            where={"x": "w1*w2*w3*r", "f": "b*x + c*x**2/2"},
            note="For L >= 3 the decay moves the layers that are not zero, so the point is not critical; for L = 2 the"
            " origin stays a saddle while |f'(0)| > a.",
        )
        .derived(ProductLandscape(3).derivation())
    )


@claim("ns2-faster-both", place="text after Definition 4.6", rests_on=["d46-def"], kind="inequality")
def smaller_q_moves_faster() -> Draft:
    """For smaller q one can move faster away from the origin in both parameters."""
    given = ["u != 0", "1 <= q1", "q1 < q2"]
    order = "abs(u)**(q1 - 1) > abs(u)**(q2 - 1)"
    return ill_posed(
        "'faster' may mean the speed |u|^(q-1) at a slope u, or how far m has come on the balance curve from (lam, 0)",
        [
            ("the speed at every slope", printed(order, given=given)),
            ("the speed at slopes below 1", printed(order, given=[*given, "abs(u) < 1"])),
            (
                "on the curve |m|^q - |w|^q = lam^q, at the same w, q = 1 against q = 2",
                printed("lam + w > sqrt(lam**2 + w**2)", given=["lam > 0", "w > 0"]),
            ),
        ],
    ).derived(SteepestDirection().derivation())


@claim("c410-dominates", place="text after Corollary 4.10", rests_on=["c410-mu"], kind="asymptotic")
def coercivity_gives_the_escape_time() -> Draft:
    """For small weights lam the escape time is that of the constant, 1/mu: here q = 2, L = 2, mu = lam^2.

    The time from 0 to 1 under unit force is the integral of 1/sqrt(4 x^2 + lam^4), that is asinh(2/lam^2)/2.
    """
    return (
        printed("bigtheta(asinh(2/lam**2)/2, 1/lam**2, lam, 0)", given=["lam > 0"])
        .corrected(
            "bigtheta(asinh(2/lam**2)/2, log(1/lam), lam, 0)",
            mend="replaced",
            note="The metric grows with x, so that the time grows like log(1/lam) and not like 1/mu.",
            covering="q = 2, L = 2, unit force",
        )
        .derived(InverseMetric(2).derivation())
    )


@claim("c410-dominates.time", place="text after Corollary 4.10", rests_on=["t48-L2"], kind="identity")
def time_to_leave_the_origin() -> Draft:
    """asinh(2 x/lam^2)/2 has the slope 1/sqrt(4 x^2 + lam^4), the inverse of the speed, and vanishes at 0."""
    return (
        printed(
            "diff(asinh(2*x/lam**2)/2, x) == 1/sqrt(4*x**2 + lam**4) and asinh(2*0/lam**2)/2 == 0",
            given=["x real", "lam > 0"],
        )
        .covering("q = 2, L = 2, unit force")
        .derived(InverseMetric(2).derivation())
    )


@claim("l45-lambda-to-0", place="text after Example 4.17", rests_on=["l45-smooth"], kind="limit")
def balance_goes_to_zero() -> Draft:
    """Decay whose integral A is infinite drives the balance z0 exp(-q A) to 0."""
    return printed("limit(z0*exp(-q*A), A, oo) == 0", given=["z0 real", "q >= 1"]).derived(balance_law(2))


@claim("ns2-fast-enough", place="text after Example 4.17", rests_on=["l45-smooth"], kind="asymptotic")
def balance_vanishes_fast_enough() -> Draft:
    """With enough decay the balance goes to zero fast enough for what is said at zero balance."""
    ratio = "limit(lam*exp(-q*a*t)/(w*exp(-a*t))**q, t, oo)"
    given = ["lam > 0", "w > 0", "a > 0", "q >= 1"]
    return ill_posed(
        "'fast enough' needs something to be compared with; decay alone moves w exp(-a t) and lam exp(-q a t)",
        [
            ("the balance tends to 0", printed("limit(lam*exp(-q*a*t), t, oo) == 0", given=given)),
            ("the balance vanishes against |w|^q under decay alone", printed(f"{ratio} == 0", given=given)),
            ("their ratio stays what it was under decay alone", printed(f"{ratio} == lam/w**q", given=given)),
        ],
    ).derived(balance_law(2))


@claim("d2-close", place="text after Theorem D.2", rests_on=["d2-index"], kind="inequality")
def distance_to_the_saddles() -> Draft:
    """Where one layer is zero the model is already close to a saddle; so it is at a small balance lam."""
    given = ["w2 real", "w3 real", "c real", "abs(w2) <= abs(w3)"]
    return ill_posed(
        "'close' has no scale; with w1 = 0 the distance to S is the smallest |w_i| of the other layers",
        [
            (
                "the distance (three layers, one coordinate) is the smaller of |w2|, |w3|",
                printed(
                    "sqrt(w2**2 + (w3 - c)**2) >= abs(w2) and sqrt((w2 - c)**2 + w3**2) >= abs(w2)"
                    " and sqrt(w2**2) == abs(w2)",
                    given=given,
                ),
            ),
            ("one zero layer alone bounds it, by 1 say", printed("abs(w2) <= 1", given=given)),
            (
                "with |w_i|^q = lam it tends to 0 with lam",
                printed("limit(lam**(1/q), lam, 0, '+') == 0", given=["q >= 1"]),
            ),
        ],
    ).derived(ProductLandscape(3).derivation())


@claim("ns2-contrib-prove-escape", place="Contributions, second item", rests_on=["c410-mu", "c410-dominates"],
       kind="dynamics")  # fmt: skip
def smaller_q_is_proved_to_escape_faster() -> Draft:
    """From the start of Corollary 4.10 with weights of size lam, two layers move x faster for smaller q.

    At x their speed under the force g is g^(q-1) sqrt(4 x^q + lam^(2 q)).
    """
    speed = "g**({0} - 1)*sqrt(4*x**{0} + lam**(2*{0}))"
    given = ["x >= 0", "lam > 0", "g > 0", "1 <= q1", "q1 < q2", "q2 <= 2"]
    return (
        printed(f"{speed.format('q1')} > {speed.format('q2')}", given=given)
        .corrected(
            "g**(q1 - 1) >= g**(q2 - 1) and x**q1 >= x**q2 and lam**(2*q1) > lam**(2*q2)"
            " and implies(G >= G2 and X >= X2 and Y > Y2, G*sqrt(4*X + Y) > G2*sqrt(4*X2 + Y2))",
            mend="added hypothesis",
            given=[*given, "x <= 1", "lam < 1", "g <= 1", "G real", "G2 > 0", "X real", "X2 >= 0", "Y real", "Y2 > 0"],
            note="What is proved is a constant, lam^(q (L-1)), which bounds the speed at x = 0. The order of the speeds"
            " turns round for large forces, large weights, and far out. For x <= 1, lam < 1 and g <= 1 it holds, factor"
            " by factor.",
            covering="L = 2",
        )
        .derived(InverseMetric(2).derivation())
    )
