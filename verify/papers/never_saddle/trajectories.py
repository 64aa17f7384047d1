"""Theorem 4.8 along the flow of the weights, and what the flow does at zeros: statements about solutions."""

from __future__ import annotations

import sympy

from theory.matrix_product import MatrixProduct, freedom
from theory.metric import InverseMetric
from theory.network_potential import NetworkPotential
from theory.power_flow import PowerFlow
from theory.saddles import ProductLandscape
from theory.set_valued import SignFlow
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.never_saddle.balance import PAIR, pair, steepest
from verify.papers.never_saddle.instances import DEPTH, adam, balance_law

WEIGHTS = ["w1 real", "w2 real"]


@claim("t48-mirrorflow", place="Theorem 4.8", rests_on=["l45-smooth", "t48-eq14"], kind="dynamics")
def product_moves_in_the_metric() -> Draft:
    """x'/M = -sign(f') |f'|^(q-1) along the flow of two balanced layers, M = |w1|^q + |w2|^q."""
    draft = printed(
        "ddt(w1*w2)/(abs(w1)**q + abs(w2)**q) == -spow(g, q - 1)",
        given=[*WEIGHTS, "abs(w2) > abs(w1)", "g real", "q > 1"],
        flow=steepest(2, "g", decay="0"),
    )
    return draft.covering("L = 2, q > 1").derived(InverseMetric(2).derivation())


@claim("t48-mirrorflow.any-depth", place="Theorem 4.8", rests_on=["chain-dx.any-depth", "t48-eq14"], kind="identity")
def product_moves_in_the_metric_at_any_depth() -> Draft:
    """At any depth a layer moves x at -|P|^q s, s = spow(f', q - 1), P the product of the others; one has |P|^q = A and
    L - 1 have |P|^q = B, z = |w_1|^q, and together they are -M s, M the inverse metric of Eq. (14).
    """
    return (
        printed(
            "P*(-spow(g*P, q - 1)) == -abs(P)**q*spow(g, q - 1) and (-A*s - (L - 1)*B*s)/M == -s",
            given=["P real", "g real", "q >= 1", "s real", "z >= 0", "lam > 0", "L >= 2 integer"],
            where={"A": "(z + lam)**(L - 1)", "B": "z*(z + lam)**(L - 2)", "M": "A + (L - 1)*B"},
        )
        .covering("at an instant, sign(0) = 0")
        .derived(InverseMetric(DEPTH).derivation())
    )


@claim("t48-mirrorflow.sign-flow", place="Theorem 4.8, q = 1", rests_on=["l45-q1", "r411"], kind="dynamics")
def gradient_of_the_potential_under_sign_flow() -> Draft:
    """For q = 1 and lam > 0 the gradient sign(x) (sqrt(4 |x| + lam^2) - lam)/2 moves at the rate -sign(f').

    With lam = |w2| - |w1| it is w1 sign(w2), also while w1 passes through zero; here w2 > 0.
    """
    draft = printed(
        "ddt(w1*sign(w2)) == -sign(g)",
        given=["w2 > 0", "-w2 < w1", "w1 < w2", "g != 0"],
        flow=steepest(2, "g", "0", decay="0"),
    )
    return draft.covering("L = 2, w2 > 0, constant f'").derived(InverseMetric(2).derivation())


@claim("t48-mirrorflow.gradient", place="Theorem 4.8, q = 1", rests_on=["r411"], kind="identity")
def gradient_of_the_potential_in_the_weights() -> Draft:
    """sign(x) (sqrt(4 |x| + lam^2) - lam)/2 = w1 sign(w2) for x = w1 w2 and lam = |w2| - |w1| > 0."""
    draft = printed(
        "sign(x)*(sqrt(4*abs(x) + lam**2) - lam)/2 == w1*sign(w2)",
        given=[*WEIGHTS, "abs(w2) > abs(w1)"],
        where={"x": "w1*w2", "lam": "abs(w2) - abs(w1)"},
    )
    return draft.covering("L = 2").derived(InverseMetric(2).derivation())


@claim("t48-e3-lambda0", place="Theorem E.3, lam = 0", rests_on=["t48-mirrorflow"], kind="dynamics")
def mirror_flow_at_zero_balance() -> Draft:
    """At lam = 0, q = 1, L = 2 weights w1 = w2 = w move R' = sqrt(x) = |w| at the rate -sign(f') (f' < 0)."""
    given = ["w real", "g < 0"]
    return (
        printed("ddt(abs(w)) == -sign(g)", given=given, flow={"w": "-sign(g*w)"})
        .corrected(
            mend="added hypothesis",
            given=[*given, "w != 0"],
            note="At w = 0 the weights may rest while the mirror flow of x moves on: the two part where x is 0.",
            covering="q = 1, L = 2, w1 = w2, constant f' < 0",
        )
        .derived(InverseMetric(2).derivation())
    )


@claim("c410-training", place="Corollary 4.10", rests_on=["c410-mu", "l45-smooth"], kind="dynamics")
def balance_during_training() -> Draft:
    """Training by Eq. (5) keeps the balance |w2|^q - |w1|^q."""
    given = [*PAIR, "q > 1"]
    conserved = "conserved(abs(w2)**q - abs(w1)**q)"
    return (
        printed(conserved, given=given, flow=pair())
        .corrected(
            mend="added hypothesis",
            given=[*given, "a == 0"],
            note="Decay makes the balance shrink; it is kept without.",
            covering="q > 1",
        )
        .derived(balance_law(2))
    )


@claim("c410-lambda-differs", place="text after Corollary 4.9", rests_on=["c410-mu"], kind="identity")
def balance_depends_on_the_index() -> Draft:
    """One start w_i = lam has very different balances lam^q for different q."""
    given = ["lam > 0", "1 <= q1", "q1 < q2"]
    return ill_posed(
        "'very different' has no scale",
        [
            ("they are different", printed("lam**q1 != lam**q2", given=given)),
            ("they are different where lam is not 1", printed("lam**q1 != lam**q2", given=[*given, "lam != 1"])),
            (
                "their ratio has no bound as lam -> 0",
                printed("limit(lam**q1/lam**q2, lam, 0, '+') == oo", given=given[1:]),
            ),
        ],
    ).derived(balance_law(2))


@claim("ns2-fig2-never-stuck", place="Figure 2, caption; title", rests_on=["l45-q1"], kind="dynamics")
def sign_flow_moves_everywhere() -> Draft:
    """Sign flow of two layers under a constant force is never at rest: w1 moves at unit speed."""
    return (
        printed("ddt(w1)*sign(g*w2) == -1", given=[*WEIGHTS, "g != 0"], flow=steepest(2, "g", "0", decay="0"))
        .corrected(
            "ddt(w)*sign(g*P) == -1",
            mend="added hypothesis",
            given=["w real", "P != 0", "v real", "g != 0", "u real"],
            flow={"w": "-sign(g*P)", "P": "v", "g": "u"},
            note="At the saddle w1 = w2 = 0 the inclusion contains rest. A layer w moves at unit speed while the"
            " product P of the others is not zero, at any depth and under any loss.",
        )
        .derived(ProductLandscape(2).derivation())
    )


@claim("s4-gf-unstable", place="text after Lemma 4.13", rests_on=["t48-iff"], kind="dynamics")
def gradient_flow_blows_up() -> Draft:
    """At every m > 1 the flow of balanced layers under unit force, x' = L x^m from x0 > 0, is infinite at a time T."""
    draft = printed(
        "diff(X, t) == L*X**m and limit((x0**(1 - m) - (m - 1)*L*s)**(-1/(m - 1)), s, T, '-') == oo",
        given=["L >= 2 integer", "m > 1", "x0 > 0", "t >= 0", "t < x0**(1 - m)/(L*(m - 1))"],
        where={"X": "(x0**(1 - m) - (m - 1)*L*t)**(-1/(m - 1))", "T": "x0**(1 - m)/(L*(m - 1))"},
    )
    return draft.covering("lam = 0, unit force").derived(PowerFlow(sympy.Rational(4, 3), 3).derivation())


@claim("sec6-escape", place="Sections 1, 4, 6", rests_on=["c410-dominates"], kind="asymptotic")
def sign_flow_escapes_faster() -> Draft:
    """From w1 = 0, w2 = lam <= 1/10 the time to x = 1 under a force g is shorter for q = 1 than for q = 2 (L = 2)."""
    times = "(sqrt(4 + lam**2) - lam)/2 < asinh(2/lam**2)/(2*g)"
    given = ["lam > 0", "lam <= 1/10", "g > 0"]
    return (
        printed(times, given=given)
        .corrected(
            mend="added hypothesis",
            given=[*given, "g <= 1"],
            note="The speed of gradient flow grows with the force, that of sign flow does not.",
            covering="L = 2, q = 1 against q = 2, constant f', from 0 to 1",
        )
        .derived(InverseMetric(2).derivation())
    )


@claim("d2-exhaustive", place="Appendix D", rests_on=["d2-saddle"], kind="classification")
def saddles_are_those_of_the_set() -> Draft:
    """The added saddles are the points of S, where two whole layers vanish (three layers u, v, w, two coordinates)."""
    given = [
        "u1 real", "u2 real", "v1 real", "v2 real", "w1 != 0", "w2 real",
        "u1*v1 == 0", "u1*w1 == 0", "v1*w1 == 0", "u2*v2 == 0", "u2*w2 == 0", "v2*w2 == 0",
    ]  # fmt: skip
    whole = ["u1 == 0 and u2 == 0 and v1 == 0 and v2 == 0", "u1 == 0 and u2 == 0 and w1 == 0 and w2 == 0",
             "v1 == 0 and v2 == 0 and w1 == 0 and w2 == 0"]  # fmt: skip
    return (
        printed(" or ".join(f"({w})" for w in whole), given=given)
        .corrected(
            "u1 == 0 and v1 == 0",
            mend="replaced",
            note="The two zero layers may differ from coordinate to coordinate; in each there are two.",
            covering="L = 3, two coordinates",
        )
        .derived(ProductLandscape(3).derivation())
    )


@claim("d2-exhaustive.support", place="Appendix D", rests_on=["d2-saddle"], kind="classification")
def saddles_with_some_coordinates_away_from_zero() -> Draft:
    """The same for f = (x1 - 1)^2/2 + (x2 - 1)^2/2 and two layers u, v, S being u = v = 0: both layers vanish in the
    coordinate 1 of a critical point where they vanish in the coordinate 2, in which the Hessian is indefinite.
    """
    given = ["u1 real", "v1 real", "u1*(u1*v1 - 1) == 0", "v1*(u1*v1 - 1) == 0"]
    return (
        printed("u1 == 0 and v1 == 0", given=given)
        .corrected(
            "(u1 == 0 and v1 == 0) or u1*v1 == 1",
            mend="replaced",
            note="In each coordinate two layers vanish or f' does; a saddle needs the first in one coordinate alone.",
            covering="L = 2, two coordinates, this f",
        )
        .derived(ProductLandscape(2).derivation())
    )


@claim("d2-plus-f-saddles", place="Theorem 4.3", rests_on=["dD1-saddle"], kind="classification")
def saddles_of_the_loss_stay() -> Draft:
    """At a critical point of f with f'' < 0 in a coordinate of layers w1, w2, the product landscape has a direction of
    negative curvature, (w2, w1). Another coordinate has layers v1 v2 != 0: f'(0) != 0 only asks for x != 0 there.
    """
    given = ["w1 real", "w2 real", "v1*v2 != 0", "f2 < 0"]
    return (
        printed("f2*(w2*w2 + w1*w1)**2 < 0", given=given)
        .corrected(
            mend="added hypothesis",
            given=[*given, "w1**2 + w2**2 > 0"],
            note="The preimage with w1 = w2 = 0 has a vanishing Jacobian in that coordinate, and the curvature of f is"
            " lost, as for f = -x1^2 + (x2 - 1)^2 at (0, 1).",
            covering="L = 2, f'' diagonal",
        )
        .derived(ProductLandscape(3).derivation())
    )


@claim("h-l1-balance", place="Appendix H", rests_on=["h-sign"], kind="dynamics")
def matrix_balance_were_sign_multiplicative() -> Draft:
    """Were sign multiplicative over matrices, sign flow of a column (A, B) times c with decay a would let the balance
    |A| + |B| - |c| decay at the rate a: c would move at -(sign(g A) + sign(h B)) for the slopes (g, h).
    """
    balance = "abs(A) + abs(B) - abs(c)"
    flow = {"A": "-sign(g*c) - a*A", "B": "-sign(h*c) - a*B", "c": "-(sign(g*A) + sign(h*B)) - a*c"}
    return (
        printed(
            f"ddt({balance}) == -a*({balance})",
            given=["A real", "B real", "c real", "g != 0", "h != 0", "a >= 0"],
            flow=flow,
        )
        .covering("a column (A, B) times a number c, constant slopes")
        .derived(MatrixProduct(2, 1, 1).derivation())
    )


@claim("h-l1-balance.sign-flow", place="Appendix H", rests_on=["h-sign"], kind="dynamics")
def matrix_balance_of_sign_flow() -> Draft:
    """Sign flow itself moves c at -sign(g A + h B), and the balance falls at unit rate where all is positive."""
    return (
        printed(
            "ddt(abs(A) + abs(B) - abs(c)) == -1",
            given=["A > 0", "B > 0", "c > 0", "g > 0", "h > 0"],
            flow={"A": "-sign(g*c)", "B": "-sign(h*c)", "c": "-sign(g*A + h*B)"},
        )
        .covering("a column (A, B) times a number c, all positive")
        .derived(freedom())
    )


@claim("ns2-smoothness-gf", place="text after Lemma 4.13", rests_on=["dB7-legendre"], kind="classification")
def essential_smoothness_of_deep_gradient_flow() -> Draft:
    """For gradient flow of deep balanced layers the gradient, -x^(-1/3) for three, stays bounded at the boundary 0."""
    return (
        printed("limit(-x**(-1/3), x, 0, '+') > -oo", given=[])
        .corrected(
            "limit(-x**(1 - m), x, 0, '+') == -oo",
            mend="replaced",
            given=["m > 1"],
            covering="x0 > 0",
            note="On the half-line of the start the gradient diverges at 0: R is essentially smooth there.",
        )
        .derived(NetworkPotential(3, sympy.Rational(4, 3)).derivation())
    )


@claim("a-adamw-sign", place="Algorithms 1 and 2, decoupled lines", rests_on=["a-adam-sign"], kind="identity")
def adamw_without_memory() -> Draft:
    """The decoupled line of Algorithm 1 without memory is that of Algorithm 2, for any coefficients a1, a2."""
    lines = "x - eta*u/sqrt(u**2) - eta*a2*x == x - eta*sign(g) - eta*a2*x"
    given = ["x real", "g real", "eta > 0", "a1 >= 0", "a2 >= 0", "g + a1*x != 0"]
    return (
        printed(lines, given=given, where={"u": "g + a1*x"})
        .corrected(
            mend="added hypothesis",
            given=[*given, "a1 == 0"],
            note="Algorithm 1 keeps the coupled term a1 x in the gradient of its decoupled line, Algorithm 2 drops it.",
        )
        .derived(adam())
    )


@claim("remB6-flow", place="Remark B.6", rests_on=["remB6-sign"], kind="dynamics")
def sign_flow_as_an_inclusion() -> Draft:
    """Sign flow moves along minus the slope of |f'(x)|; here f = h x^2/2 off zero."""
    return (
        printed("-sign(h*x) == -diff(abs(h*x), x)", given=["x != 0", "h != 0"])
        .corrected(
            "-sign(h*x)*h == -diff(abs(h*x), x)",
            mend="replaced",
            note="The slope of |f'(x)| in x has the factor f''.",
            covering="f = h x^2/2, x != 0",
        )
        .derived(SignFlow(1).derivation())
    )
