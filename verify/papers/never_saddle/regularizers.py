"""Theorem 4.16 (E.5), Example 4.17, Corollary E.6: what decoupled decay regularizes at zero balance.

The integrand R'' h' of the regularizer is stated where R'' has a value, off x = 0.
"""

from __future__ import annotations

import sympy

from theory.regularizers import OnManifoldRegularizer
from verify.claim import Draft, claim, printed
from verify.papers.never_saddle.instances import balance_law

DEPTH = sympy.Symbol("L", positive=True)
INDEX = sympy.Symbol("q", positive=True)
LAYERS = ["L >= 2 integer"]
REGULARIZER = "L/(L*(2 - q) + q)*abs(x)**(2 - q*(L - 1)/L)"


@claim("t416-a", place="Theorem 4.16 a)", rests_on=["d415-def", "l413-inverse-metric", "t416-h"], kind="identity")
def regularizer_away_from_exponent_two() -> Draft:
    """For m != 2, M = L/(L(2-q)+q) |x|^(2-m) is the antiderivative of R'' h', R'' = 1/(L |x|^m), h' = L x."""
    derived = OnManifoldRegularizer(DEPTH, INDEX * (DEPTH - 1) / DEPTH)
    return printed(
        "diff(M, x) == 1/(L*abs(x)**(q*(L - 1)/L))*(L*x)",
        given=["x != 0", "q >= 1", "q*(L - 1) != 2*L", *LAYERS],
        where={"M": REGULARIZER},
    ).derived(derived.derivation())


@claim("t416-a.whole-line", place="Theorem 4.16 a)", rests_on=["t416-a"], kind="identity")
def regularizer_across_zero() -> Draft:
    """For m < 1 the same on the whole line, zero included: |x|^(2-m)/(2-m) has the slope sign(x) |x|^(1-m)."""
    draft = printed("diff(abs(x)**(2 - m)/(2 - m), x) == spow(x, 1 - m)", given=["x real", "0 < m", "m < 1"])
    return draft.covering("m < 1").derived(OnManifoldRegularizer(DEPTH, INDEX * (DEPTH - 1) / DEPTH).derivation())


@claim("t416-b", place="Theorem 4.16 b)", rests_on=["t416-a"], kind="identity")
def regularizer_at_exponent_two() -> Draft:
    """For m = 2, that is q = 2 L/(L-1), M = log|x|."""
    return printed(
        "diff(log(abs(x)), x) == 1/(L*abs(x)**(q*(L - 1)/L))*(L*x)",
        given=["x != 0", *LAYERS],
        where={"q": "2*L/(L - 1)"},
    ).derived(OnManifoldRegularizer(DEPTH, 2).derivation())


@claim("e5-mirror", place="Theorem E.5, proof", rests_on=["t416-a"], kind="identity")
def decay_in_the_mirror_flow() -> Draft:
    """Dividing x' = -L |x|^m s(f') - L x by L |x|^m gives -(s(f') + x |x|^(-m))."""
    return printed(
        "(-L*abs(x)**m*s - L*x)/(L*abs(x)**m) == -(s + x*abs(x)**(-m))",
        given=["x != 0", "m real", "s real", *LAYERS],
    ).derived(OnManifoldRegularizer(DEPTH, INDEX * (DEPTH - 1) / DEPTH).derivation())


@claim("ex417-gf", place="Example 4.17", rests_on=["t416-a"], kind="identity")
def gradient_flow_of_two_layers() -> Draft:
    """For q = 2, L = 2 the regularizer is |x|."""
    return printed("M == abs(x)", given=["x real"], where={"M": "2/(2*(2 - 2) + 2)*abs(x)**(2 - 2*(2 - 1)/2)"}).derived(
        OnManifoldRegularizer(DEPTH, INDEX * (DEPTH - 1) / DEPTH).derivation()
    )


@claim("ex417-l1", place="Example 4.17", rests_on=["t416-a"], kind="identity")
def index_of_the_absolute_value() -> Draft:
    """The exponent 2 - q (L-1)/L is 1 exactly for q = L/(L-1)."""
    return printed(
        "implies(2 - q*(L - 1)/L == 1, q == L/(L - 1)) and implies(q == L/(L - 1), 2 - q*(L - 1)/L == 1)",
        given=["q real", *LAYERS],
    ).derived(OnManifoldRegularizer(DEPTH, INDEX * (DEPTH - 1) / DEPTH).derivation())


@claim("ex417-l1.sign-flow", place="Example 4.17", rests_on=["ex417-l1"], kind="identity")
def sign_flow_needs_infinite_depth() -> Draft:
    """At q = 1 the exponent 1 + 1/L exceeds 1 at every depth and tends to 1."""
    return printed("2 - (L - 1)/L > 1 and limit(2 - (n - 1)/n, n, oo) == 1", given=LAYERS).derived(
        OnManifoldRegularizer(DEPTH, INDEX * (DEPTH - 1) / DEPTH).derivation()
    )


@claim("ce6-equality", place="Corollary E.6", rests_on=["t416-a"], kind="identity")
def regularizer_is_the_penalty() -> Draft:
    """At q = 2 the regularizer is the penalty |w|^2/2 = (L/2) |x|^(2/L) of balanced weights |w_i| = |x|^(1/L)."""
    return printed(
        "M == L/2*(abs(x)**(1/L))**2",
        given=["x real", *LAYERS],
        where={"M": "L/(L*(2 - 2) + 2)*abs(x)**(2 - 2*(L - 1)/L)"},
    ).derived(OnManifoldRegularizer(DEPTH, INDEX * (DEPTH - 1) / DEPTH).derivation())


@claim("ce6-onlyif", place="Corollary E.6, proof", rests_on=["ce6-equality"], kind="identity")
def penalties_agree_only_for_gradient_flow() -> Draft:
    """L/2 = L/(L(2-q)+q) exactly for q = 2."""
    return printed(
        "implies(L/2 == L/(L*(2 - q) + q), q == 2) and implies(q == 2, L/2 == L/(L*(2 - q) + q))",
        given=["q >= 1", *LAYERS, "L*(2 - q) + q != 0"],
    ).derived(OnManifoldRegularizer(DEPTH, INDEX * (DEPTH - 1) / DEPTH).derivation())


@claim("e5-rebalance", place="Theorem E.5, proof, first line", rests_on=["l45-lambda-to-0"], kind="limit")
def decay_leads_to_zero_balance() -> Draft:
    """Weight decay leads to the balance 0; here a_t = a exp(-c t), whose integral is A = a (1 - exp(-c t))/c."""
    given = ["z0 > 0", "a > 0", "c > 0", "1 <= q", "q <= 2"]
    return (
        printed("limit(z0*exp(-q*A), t, oo) == 0", given=given, where={"A": "a*(1 - exp(-c*t))/c"})
        .corrected(
            "limit(z0*exp(-q*A), A, oo) == 0 and z0*exp(-q*B) > 0",
            mend="added hypothesis",
            given=["z0 > 0", "1 <= q", "q <= 2", "B >= 0"],
            where={},
            note="The integral A of the decay must be infinite; at every finite time, A = B, the balance is positive.",
        )
        .derived(balance_law(2))
    )
