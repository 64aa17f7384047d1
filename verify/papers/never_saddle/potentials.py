"""Lemma 4.13 (E.4): the potentials at zero balance, on the orthant of the start, and what kind of function they are."""

from __future__ import annotations

import sympy

from theory.metric import InverseMetric
from theory.network_potential import NetworkPotential
from theory.network_potential import x as X
from theory.network_potential import x0 as X0
from verify.claim import Draft, claim, ill_posed, printed

DEPTH = sympy.Symbol("L", integer=True, positive=True)
INDEX = sympy.Symbol("q", positive=True)
EXPONENT = INDEX * (DEPTH - 1) / DEPTH

LAYERS = ["L >= 2 integer"]
ORTHANT = ["x*x0 > 0"]
AT_ONE = "(x*log(x) - x - x*log(x0))/L"
SHAPE = "1/(L*(1 - m))*(abs(x)**(2 - m)/(2 - m) - x*x0*abs(x0)**(-m))"  # the same in m
ELSE = "1/(L - (L - 1)*q)*(abs(x)**(2 - q*(L - 1)/L)/(q/L - q + 2) - x*x0*abs(x0)**(q*(1/L - 1)))"


@claim("l413-inverse-metric", place="Lemma E.4, proof", rests_on=["t48-eq14"], kind="identity")
def inverse_metric_at_zero_balance() -> Draft:
    """At lam = 0 the inverse metric L z^(L-1), z = |x|^(q/L), is L |x|^(q (L-1)/L)."""
    return printed(
        "L*z**(L - 1) == L*abs(x)**(q*(L - 1)/L)",
        given=["x real", "q >= 1", *LAYERS],
        where={"z": "abs(x)**(q/L)"},
    ).derived(InverseMetric(DEPTH).derivation())


@claim("l413-m1-formula", place="Lemma 4.13, m = 1", rests_on=["l413-inverse-metric"], kind="identity")
def potential_at_exponent_one() -> Draft:
    """R = (x log x - x - x log x0)/L has R'' = 1/(L |x|), on the orthant of the start."""
    derived = NetworkPotential(DEPTH, 1)
    return (
        printed("diff(R, x, 2) == 1/(L*abs(x))", given=["x real", "x0 real", *ORTHANT, *LAYERS], where={"R": AT_ONE})
        .corrected(
            mend="sign",
            where={"R": derived.potential.potential},
            note="For a negative start the logarithms are undefined, and |x| must stand for x throughout.",
        )
        .derived(derived.derivation())
    )


@claim("l413-mneq1-formula", place="Lemma 4.13, m != 1", rests_on=["l413-inverse-metric"], kind="identity")
def potential_at_other_exponents() -> Draft:
    """The R printed for m != 1 has R'' = 1/(L |x|^m)."""
    given = ["x real", "x0 real", *ORTHANT, "q >= 1", *LAYERS]
    return (
        printed("diff(R, x, 2) == 1/(L*abs(x)**(q*(L - 1)/L))", given=[*given, "q*(L - 1) != L"], where={"R": ELSE})
        .corrected(
            mend="added hypothesis",
            given=[*given, "q*(L - 1) != L", "q*(L - 1) != 2*L"],
            note="At m = 2 the printed R divides by zero; there R = (x/x0 - log|x|)/L.",
        )
        .derived(NetworkPotential(DEPTH, EXPONENT).derivation())
    )


@claim("l413-mneq1-formula.dual", place="Lemma 4.13, m != 1", rests_on=["l413-inverse-metric"], kind="identity")
def potential_for_conjugate_indices() -> Draft:
    """The same for 1 <= q <= 2, where m < 2."""
    return printed(
        "diff(R, x, 2) == 1/(L*abs(x)**(q*(L - 1)/L))",
        given=["x real", "x0 real", *ORTHANT, "1 <= q <= 2", *LAYERS, "q*(L - 1) != L"],
        where={"R": ELSE},
    ).derived(NetworkPotential(DEPTH, EXPONENT).derivation())


@claim("l413-mneq1-formula.line", place="Lemma 4.13, m < 1", rests_on=["l413-inverse-metric"], kind="identity")
def potential_on_the_line() -> Draft:
    """For m < 1, where the domain is the line, the same off x = 0 for every start x0."""
    given = ["x != 0", "q >= 1", *LAYERS, "q*(L - 1) < L"]
    return (
        printed("diff(R, x, 2) == 1/(L*abs(x)**(q*(L - 1)/L))", given=[*given, "x0 real"], where={"R": ELSE})
        .corrected(
            mend="added hypothesis",
            given=[*given, "x0 != 0"],
            note="At the start x0 = 0 the printed x0 |x0|^(-m) is 0 times a negative power of 0; it must be read as 0.",
        )
        .derived(NetworkPotential(DEPTH, EXPONENT).derivation())
    )


@claim("l413-gradzero", place="Lemma E.4, proof", rests_on=["l413-mneq1-formula"], kind="identity")
def gradient_vanishes_at_the_start() -> Draft:
    """The gradient (x |x|^(-m) - x0 |x0|^(-m))/(L (1-m)) vanishes at x0 and is the derivative of R for m != 1."""
    return printed(
        "diff(R, x) == (x*abs(x)**(-m) - x0*abs(x0)**(-m))/(L*(1 - m))",
        given=["x real", "x0 real", *ORTHANT, "q >= 1", *LAYERS, "q*(L - 1) != L", "q*(L - 1) != 2*L"],
        where={"m": "q*(L - 1)/L", "R": ELSE},
    ).covering("m != 2, on the orthant of x0").derived(NetworkPotential(DEPTH, EXPONENT).derivation())


@claim("l413-gradzero.exponent-one", place="Lemma E.4, proof", rests_on=["l413-m1-formula"], kind="identity")
def gradient_vanishes_at_the_start_at_exponent_one() -> Draft:
    """At m = 1 and x0 > 0 the gradient (log x - log x0)/L is the derivative of R and vanishes at x0."""
    draft = printed(
        "diff(R, x) == (log(x) - log(x0))/L and log(x0) - log(x0) == 0",
        given=["x > 0", "x0 > 0", *LAYERS],
        where={"R": AT_ONE},
    )
    return draft.covering("x0 > 0").derived(NetworkPotential(DEPTH, 1).derivation())


@claim(
    "l413-gradzero.exponent-one-either-sign",
    place="Lemma E.4, proof",
    rests_on=["l413-m1-formula"],
    kind="identity",
)
def gradient_at_exponent_one_for_starts_of_either_sign() -> Draft:
    """At m = 1 and a start of either sign the derived R has the gradient sign(x0) (log|x| - log|x0|)/L, 0 at x0."""
    derived = NetworkPotential(DEPTH, 1)
    slope = "sign(x0)*(log(abs({})) - log(abs(x0)))/L"
    return printed(
        f"diff(R, x) == {slope.format('x')} and {slope.format('x0')} == 0",
        given=["x real", "x0 real", *ORTHANT, *LAYERS],
        where={"R": derived.potential.potential},
    ).derived(derived.derivation())


@claim("l413-m1-bregman", place="Lemma 4.13, m = 1", rests_on=["dB9-bregman", "l413-m1-formula"], kind="classification")
def potential_at_exponent_one_is_bregman() -> Draft:
    """At m = 1 R = (x log x - x - x log x0)/L, R(0) = 0, is a Bregman function on the closed half-line of x0 > 0.

    Clause by clause: strictly convex inside and continuous at 0, D(x, y) -> oo as y -> oo and D(x, y) -> 0 as y -> x,
    the boundary point x = 0 with D(0, y) = -R(y) + y R'(y) included.
    """
    draft = printed(
        "diff(R, x, 2) > 0 and limit(R, x, 0, '+') == 0"
        " and limit(D, y, oo) == oo and limit(D, y, x) == 0"
        " and limit(D0, y, oo) == oo and limit(D0, y, 0, '+') == 0",
        given=["x > 0", "x0 > 0", *LAYERS],
        where={
            "R": AT_ONE,
            "D": "(x*log(x) - x - (y*log(y) - y) - log(y)*(x - y))/L",
            "D0": "(-(y*log(y) - y) + log(y)*y)/L",
        },
    )
    return draft.covering("x0 > 0").derived(NetworkPotential(DEPTH, 1).derivation())


@claim(
    "l413-m1-bregman.legendre",
    place="Lemma E.4, m = 1",
    rests_on=["dB7-legendre", "l413-m1-formula"],
    kind="classification",
)
def potential_at_exponent_one_is_legendre() -> Draft:
    """At m = 1 R = (x log x - x - x log x0)/L is a Legendre function on the half-line of x0 > 0."""
    draft = printed("legendre(R, x)", given=["x > 0", "x0 > 0", *LAYERS], where={"R": AT_ONE}).covering("x0 > 0")
    return draft.derived(NetworkPotential(DEPTH, 1).derivation())


@claim("l413-mlt1", place="Lemma 4.13, m < 1", rests_on=["dB9-bregman", "l413-mneq1-formula"], kind="classification")
def potential_below_exponent_one_is_bregman() -> Draft:
    """At every m < 1 R is a Bregman function on the line."""
    given = ["x real", "x0 != 0", *LAYERS, "0 < m", "m < 1"]
    draft = printed("bregman(R, x)", given=given, where={"R": SHAPE}).covering("x0 != 0")
    return draft.derived(NetworkPotential(2, sympy.Rational(1, 2)).derivation())


@claim("l413-mlt1.legendre", place="Lemma E.4, m < 1", rests_on=["dB7-legendre"], kind="classification")
def potential_below_exponent_one_is_legendre() -> Draft:
    """At every m < 1 R is a Legendre function on the line."""
    given = ["x real", "x0 != 0", *LAYERS, "0 < m", "m < 1"]
    draft = printed("legendre(R, x)", given=given, where={"R": SHAPE}).covering("x0 != 0")
    return draft.derived(NetworkPotential(2, sympy.Rational(1, 2)).derivation())


HALF_LINE = "1/(L*(1 - m))*(x**(2 - m)/(2 - m) - x*x0**(1 - m))"  # R on the half-line of a positive start


def _above_one(exponent: int | sympy.Rational) -> sympy.Expr:
    """R for three layers on the half-line of a positive start x0 = 1."""
    potential = NetworkPotential(3, exponent).potential.potential.subs(X0, 1)
    return potential.subs(sympy.Abs(X), X)


@claim(
    "l413-mgt1-not-bregman",
    place="Lemma 4.13, last sentence",
    rests_on=["dB9-bregman", "l413-mneq1-formula"],
    kind="classification",
)
def potential_above_exponent_one_is_not_bregman() -> Draft:
    """For m > 1 R is not a Bregman function on the half-line of its start; it is one at q = 2, L = 3, m = 4/3."""
    potential = _above_one(sympy.Rational(4, 3))
    return (
        printed("not bregman(R, x)", given=["x >= 0"], where={"R": potential})
        .corrected(
            "bregman(R, x)",
            mend="replaced",
            given=["x >= 0", "x0 > 0", *LAYERS, "1 < m", "m < 2"],
            where={"R": HALF_LINE},
            covering="x0 > 0",
            note="For 1 < m < 2 R is strictly convex and continuous on the closed half-line, and its divergence has"
            " bounded level sets: it is a Bregman function there. On the whole line it is not even convex.",
        )
        .derived(NetworkPotential(3, sympy.Rational(4, 3)).derivation())
    )


@claim(
    "l413-mgt1-not-bregman.whole-line",
    place="Lemma 4.13, last sentence",
    rests_on=["dB9-bregman"],
    kind="classification",
)
def potential_above_exponent_one_on_the_line() -> Draft:
    """At m = 4/3 R = -(3/2) |x|^(2/3) + x is not a Bregman function on the whole line."""
    draft = printed("not bregman(-3/2*abs(x)**(2/3) + x, x)", given=["x real"]).covering("m = 4/3, x0 = 1")
    return draft.derived(NetworkPotential(3, sympy.Rational(4, 3)).derivation())


@claim("l413-mgt1-not-legendre", place="Lemma E.4, last sentence", rests_on=["dB7-legendre"], kind="classification")
def potential_above_exponent_one_is_not_legendre() -> Draft:
    """For m > 1 R is not a Legendre function on the half-line of its start; it is one at q = 2, L = 3, m = 4/3."""
    potential = _above_one(sympy.Rational(4, 3))
    return (
        printed("not legendre(R, x)", given=["x > 0"], where={"R": potential})
        .corrected(
            "legendre(R, x)",
            mend="replaced",
            given=["x > 0", "x0 > 0", *LAYERS, "m > 1", "m != 2"],
            where={"R": HALF_LINE},
            covering="x0 > 0, m != 2",
            note="R is strictly convex on the half-line and its gradient diverges at 0, the one boundary point.",
        )
        .derived(NetworkPotential(3, sympy.Rational(4, 3)).derivation())
    )


@claim(
    "l413-strict-convexity", place="Lemma E.4, proof, last lines", rests_on=["l413-mneq1-formula"], kind="inequality"
)
def strict_convexity_needs_a_small_exponent() -> Draft:
    """R'' > 0 needs m < 1 (on the half-line of the start, m != 1, 2)."""
    second = "diff(x**(2 - m)/((1 - m)*(2 - m)), x, 2)"
    given = ["x > 0", "m > 0", "m != 1", "m != 2"]
    return (
        printed(f"implies({second} > 0, m < 1)", given=given)
        .corrected(
            f"{second} > 0",
            mend="replaced",
            note="R'' = 1/(L |x|^m) is positive on each half-line whatever m is; m < 1 is needed only across zero.",
        )
        .derived(NetworkPotential(DEPTH, sympy.Symbol("m", positive=True)).derivation())
    )


@claim("l413-metric-exponent", place="Lemma 4.13", rests_on=["d412-def", "l413-inverse-metric"], kind="asymptotic")
def exponent_at_zero_balance() -> Draft:
    """The inverse metric L |x|^m over |x|^m tends to L."""
    return printed("limit(L*abs(x)**m/abs(x)**m, x, oo) == L", given=["m >= 0", *LAYERS]).derived(
        InverseMetric(DEPTH).derivation()
    )


@claim("l413-m1-bregman.notation", place="Lemma 4.13, domain at m = 1", kind="definition")
def domain_of_the_potential() -> Draft:
    """The domain is written R^{sign(x_{1,0})} x ... x R^{sign(x_{n,0})}."""
    return ill_posed(
        "R^{+1} and R^{-1} are not defined; they may mean the open or the closed half-line of the start, and the"
        " printed R has no value at 0 unless 0 log 0 is read as 0",
        [
            ("open half-line", printed("bregman((x*log(x) - x)/2, x)", given=["x > 0"])),
            ("closed half-line, no value at 0", printed("bregman((x*log(x) - x)/2, x)", given=["x >= 0"])),
        ],
    ).derived(NetworkPotential(DEPTH, 1).derivation())
