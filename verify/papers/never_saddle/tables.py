"""Table 1: which penalty weight decay amounts to, for two layers and for infinitely many."""

from __future__ import annotations

import sympy

from theory.displacement import Displacement
from theory.layer_norms import LayerNorms, TwoLayerStart
from theory.regularizers import OnManifoldRegularizer
from verify.claim import Draft, claim, printed


def regularizer() -> OnManifoldRegularizer:
    depth, index = sympy.Symbol("L", positive=True), sympy.Symbol("q", positive=True)
    return OnManifoldRegularizer(depth, index * (depth - 1) / depth)


def exponents(q: str, two: str, infinite: str) -> str:
    """The exponent 2 - q (L-1)/L of the regularizer at L = 2 and as L -> oo."""
    return f"2 - {q}*(2 - 1)/2 == {two} and limit(2 - {q}*(n - 1)/n, n, oo) == {infinite}"


@claim("tab1-dec-q1", place="Table 1, decoupled, q = 1", rests_on=["t416-a"], kind="identity")
def decoupled_sign_flow() -> Draft:
    """(L_{3/2}, L_1)."""
    return printed(exponents("1", "3/2", "1")).derived(regularizer().derivation())


@claim("tab1-dec-q15", place="Table 1, decoupled, q = 1.5", rests_on=["t416-a"], kind="identity")
def decoupled_in_between() -> Draft:
    """(L_{5/4}, L_{1/2})."""
    return printed(exponents("1.5", "5/4", "1/2")).derived(regularizer().derivation())


@claim("tab1-dec-q2", place="Table 1, decoupled, q = 2", rests_on=["t416-a"], kind="limit")
def decoupled_gradient_flow() -> Draft:
    """(L_1, log): up to a constant the regularizer tends to log|x|."""
    return printed(
        "2 - 2*(2 - 1)/2 == 1 and limit(n/2*(abs(x)**(2/n) - 1), n, oo) == log(abs(x))", given=["x != 0"]
    ).derived(regularizer().derivation())


@claim("tab1-coupled", place="Table 1, coupled, every q", rests_on=["j-kolb"], kind="equivalence")
def coupled_decay() -> Draft:
    """(L_1, log): the least |w|^2 of weights with product x is L |x|^(2/L); L = 2 gives 2 |x|."""
    draft = printed(
        "w1**2 + w2**2 >= 2*abs(w1*w2) and sqrt(abs(x))**2 + sqrt(abs(x))**2 == 2*abs(x)"
        " and limit(n/2*(abs(x)**(2/n) - 1), n, oo) == log(abs(x))",
        given=["w1 real", "w2 real", "x != 0"],
    )
    return draft.covering("L = 2; at L = oo the limit of L |x|^(2/L)").derived(LayerNorms(2).derivation())


@claim("spred-global", place="Section 3, display", kind="equivalence")
def penalty_of_two_layers() -> Draft:
    """The least m^2 + w^2 with m w = x is 2 |x|."""
    return printed(
        "m**2 + w**2 >= 2*abs(m*w) and sqrt(abs(x))**2 + (sign(x)*sqrt(abs(x)))**2 == 2*abs(x)"
        " and sqrt(abs(x))*(sign(x)*sqrt(abs(x))) == x",
        given=["m real", "w real", "x real"],
    ).derived(LayerNorms(2).derivation())


@claim("spred-local", place="Section 3, text after the display", rests_on=["spred-global"], kind="equivalence")
def local_minima_correspond() -> Draft:
    """Local minima of the two problems correspond, by three facts about m^2 + w^2, alpha > 0.

    It is at least 2 |m w|; at a local minimum it is stationary under (m e^s, w e^-s) at s = 0, so that |m| = |w|; and
    the lift of y to factors of size sqrt|y| is near that of x where y is near x.
    """
    return printed(
        "alpha*(m**2 + w**2) >= 2*alpha*abs(m*w)"
        " and diff(m**2*exp(2*s) + w**2*exp(-2*s), s) == 2*m**2*exp(2*s) - 2*w**2*exp(-2*s)"
        " and implies(alpha*(2*m**2*exp(2*0) - 2*w**2*exp(-2*0)) == 0, abs(m) == abs(w))"
        " and (sqrt(abs(y)) - sqrt(abs(x)))**2 <= abs(y - x)",
        given=["m real", "w real", "x real", "y real", "s real", "alpha > 0"],
    ).derived(LayerNorms(2).derivation())


@claim("j-kolb", place="Appendix J", rests_on=["spred-global"], kind="equivalence")
def penalty_of_four_layers() -> Draft:
    """The least |w|^2 with product x is L |x|^(2/L), here L = 4 and both sides squared."""
    draft = printed(
        "(w1**2 + w2**2 + w3**2 + w4**2)**2 >= 16*abs(w1*w2*w3*w4)",
        given=["w1 real", "w2 real", "w3 real", "w4 real"],
    )
    return draft.covering("L = 4").derived(LayerNorms(4).derivation())


@claim("j-kolb.any-depth", place="Appendix J", rests_on=["spred-global"], kind="equivalence")
def penalty_of_one_layer_more() -> Draft:
    """With one layer more the bound persists: n layers of the squared norm n s or more, s = |product|^(2/n), and one
    more, u = w^2, have at least (n+1) (u s^n)^(1/(n+1)), with equality at u = s. One layer has w^2 = |w|^2.
    """
    bound = "(n + 1)*(u*s**n)**(1/(n + 1))"
    draft = printed(
        f"u + n*s >= {bound} and s + n*s == (n + 1)*(s*s**n)**(1/(n + 1))",
        given=["u >= 0", "s >= 0", "n >= 1 integer"],
    )
    return draft.derived(LayerNorms(4).derivation())


@claim("j-kolb.sum", place="Appendix J, second display", rests_on=["spred-global"], kind="equivalence")
def penalty_summed_over_the_layers() -> Draft:
    """The penalty is printed as L a sum_{i in [L]} |x|^(2/L), the sum over L equal terms."""
    return (
        printed("a*L*(abs(x)**(1/L))**2 == L*a*(L*abs(x)**(2/L))", given=["x real", "a > 0", "L >= 2 integer"])
        .corrected(
            "a*L*(abs(x)**(1/L))**2 == L*a*abs(x)**(2/L)",
            mend="misprint",
            note="The factor L already counts the layers; the sum over them is one too many.",
        )
        .derived(LayerNorms(4).derivation())
    )


PRODUCT = {
    "v": "sqrt(x + sqrt(x**2 + gam**2))",
    "m0": "(v + gam/v)/sqrt(2)",
    "w0": "(v - gam/v)/sqrt(2)",
}
AT_HALF = {"gam": "1/2", **PRODUCT}


@claim("j-init-product", place="Appendix J, initialization of depth 2", kind="identity")
def initialization_of_two_layers() -> Draft:
    """The printed m0 and w0 have the product x."""
    return printed("m0*w0 == x", given=["x real", "gam > 0"], where=PRODUCT).derived(TwoLayerStart().derivation())


@claim("j-init-product.balance", place="Appendix J, initialization of depth 2", kind="identity")
def balance_of_the_initialization() -> Draft:
    """They are balanced at 2 gamma: m0^2 - w0^2 = 2 gamma."""
    return printed("m0**2 - w0**2 == 2*gam", given=["x real", "gam > 0"], where=PRODUCT).derived(
        TwoLayerStart().derivation()
    )


@claim("j-init-taylor-v", place="Appendix J", rests_on=["j-init-product"], kind="asymptotic")
def expansion_of_v() -> Draft:
    """For gamma = 1/2: v = (1 + x + x^2/2)/sqrt(2) and 1/v = sqrt(2) (1 - x + x^2/2), up to o(x^2)."""
    return printed(
        "littleo(v - (1 + x + x**2/2)/sqrt(2), x**2, x, 0) and littleo(1/v - sqrt(2)*(1 - x + x**2/2), x**2, x, 0)",
        given=["x real"],
        where=AT_HALF,
    ).derived(TwoLayerStart().derivation())


@claim("j-init-taylor", place="Appendix J, second display", rests_on=["j-init-taylor-v"], kind="asymptotic")
def expansion_of_the_initialization() -> Draft:
    """From the expansions of v and 1/v around x = 0: m0 = 1 + x^2/2 and w0 = x, up to o(x^2)."""
    return printed(
        "littleo(m0 - (1 + x**2/2), x**2, x, 0) and littleo(w0 - x, x**2, x, 0)", given=["x real"], where=AT_HALF
    ).derived(TwoLayerStart().derivation())


@claim("k-norms", place="Tables 8 to 12", kind="inequality")
def norms_of_a_displacement() -> Draft:
    """L_2 <= L_1 <= sqrt(N) L_2 (here N = 3, squared)."""
    return (
        printed(
            "a**2 + b**2 + c**2 <= (abs(a) + abs(b) + abs(c))**2"
            " and (abs(a) + abs(b) + abs(c))**2 <= 3*(a**2 + b**2 + c**2)",
            given=["a real", "b real", "c real"],
        )
        .covering("N = 3")
        .derived(Displacement().derivation())
    )


@claim("k-norms.any-number", place="Tables 8 to 12", rests_on=["k-norms"], kind="inequality")
def norms_of_one_entry_more() -> Draft:
    """With one entry c more the bounds persist: A and S the L_1 norm and the squared L_2 norm of N entries."""
    return printed(
        "S + c**2 <= (A + abs(c))**2 and (A + abs(c))**2 <= (N + 1)*(S + c**2)",
        given=["A >= 0", "S >= 0", "S <= A**2", "A**2 <= N*S", "N >= 1 integer", "c real"],
    ).derived(Displacement().derivation())


@claim("j-deep-init", place="Appendix J", rests_on=["j-init-taylor"], kind="identity")
def deep_initialization_agrees() -> Draft:
    """w1 = x, w2 = 1 agrees with the printed w0 and m0 up to terms of order x^2."""
    return printed("bigo(m0 - 1, x**2, x, 0) and bigo(w0 - x, x**2, x, 0)", given=["x real"], where=AT_HALF).derived(
        TwoLayerStart().derivation()
    )
