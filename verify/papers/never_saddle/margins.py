"""Theorem F.1 and its proof: the L_inf margin of a deep diagonal product under sign flow.

Balanced layers at one coordinate are z and L - 1 times z + lam, so that |x| = z (z + lam)^(L-1).
"""

from __future__ import annotations

from theory.metric import InverseMetric
from theory.product_margin import ProductMargin
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.never_saddle import instances

LAYERS = ["L >= 2 integer"]
SIZE = "{0}*({0} + lam)**(L - 1)"


@claim("f1-statement", place="Theorem F.1", rests_on=["tB12", "l45-q1"], kind="limit")
def direction_of_the_balanced_product() -> Draft:
    """On one sample (a, b), a, b > 0, the layers of both coordinates grow alike from z = s and z = t, so that x1/x2
    tends to 1; and (N, N), N = 1/(a + b), has the least max |x_l|^(2/L) under a u + b v >= 1.
    """
    return printed(
        f"limit(({SIZE.format('(s + y)')})/({SIZE.format('(t + y)')}), y, oo) == 1"
        " and implies(a*u + b*v >= 1 and N*(a + b) == 1, M >= N) and implies(M >= N, M**(2/L) >= N**(2/L))",
        given=["a > 0", "b > 0", "s >= 0", "t >= 0", "lam > 0", "u real", "v real", "abs(u) <= M", "abs(v) <= M",
               "N > 0", *LAYERS],
    ).covering("one sample of two coordinates, both positive").derived(ProductMargin(3).derivation())  # fmt: skip


@claim("f1-kkt-transfer", place="Theorem F.1, proof", rests_on=["f1-statement"], kind="equivalence")
def stationary_points_carry_over() -> Draft:
    """A KKT point in w gives one in x: where |x2| is not the maximum, x2's entry of the stationarity in w says that
    k z2 P = 0, and in x that k z2 = 0. P is the product of all layers but one at x2, k the multiplier of a sample.
    """
    given = ["k >= 0", "z2 real", "P real", "w real", "abs(w*P) < 1", "k*z2*P == 0"]
    return (
        printed("k*z2 == 0", given=given)
        .corrected(
            mend="added hypothesis",
            given=[*given, "w*P != 0"],
            note="A coordinate whose layers vanish has P = 0, and the weights do not see it: with the sample (1, 1) the"
            " point x = (1, 0) is a KKT point in w and none in x.",
        )
        .derived(ProductMargin(3).derivation())
    )


@claim("f1-xtilde", place="Theorem F.1, proof, last display", rests_on=["f1-reduction"], kind="limit")
def norms_of_the_product_and_of_the_layers() -> Draft:
    """|x|_inf = z (z + lam)^(L-1), z taken at its largest coordinate, over |w|_inf^L = (z + lam)^L tends to 1."""
    size, smaller = SIZE.format("z"), SIZE.format("s")
    return printed(
        f"limit({size}/(z + lam)**L, z, oo) == 1 and implies(s <= z, {smaller} <= {size})",
        given=["lam > 0", "s >= 0", "z >= 0", *LAYERS],
    ).derived(ProductMargin(3).derivation())


@claim("f-half", place="Theorem F.1, statement against proof", kind="identity")
def factor_of_the_objective() -> Draft:
    """The objective of the theorem, max |x_l|^(2/L), is the one of its proof, half of it."""
    given = ["s >= 0", "t > 0", *LAYERS]
    return (
        printed("t**(2/L) == t**(2/L)/2", given=given)
        .corrected(
            "implies(s < t, s**(2/L)/2 < t**(2/L)/2 and s**(2/L) < t**(2/L))",
            mend="constant",
            note="The values differ by the factor 1/2, the minimisers do not: both objectives increase with max |x_l|.",
        )
        .derived(ProductMargin(3).derivation())
    )


@claim("f-half.index", place="Theorem F.1, display", kind="identity")
def index_of_the_samples() -> Draft:
    """The constraint is printed y_j <x, z_i> >= 1, with the label of one sample and the features of another."""
    return printed(
        "implies(y1*(x*z1) >= 1 and y2*(x*z2) >= 1, y2*(x*z1) >= 1)",
        given=["x real", "z1 real", "z2 real", "y1**2 == 1", "y2**2 == 1"],
    ).corrected(
        "implies(y1*(x*z1) >= 1 and y2*(x*z2) >= 1, y1 == sign(x*z1) and y2 == sign(x*z2))",
        mend="misprint",
        note="Label and features must belong to one sample.",
        covering="two samples, one coordinate",
    )


@claim("f-depth-bias", place="Appendix F, before Theorem F.1", rests_on=["t48-asympt"], kind="asymptotic")
def deeper_products_are_slower_near_zero() -> Draft:
    """Per unit of force a product of L + 1 balanced layers under sign flow is infinitely slower than one of L near 0,
    and infinitely faster far out; at balance lam < 1 it is slower at 0.
    """
    ratio = "(L + 1)*x**(L/(L + 1))/(L*x**((L - 1)/L))"
    return (
        printed(
            f"limit({ratio}, x, 0, '+') == 0 and limit({ratio}, x, oo) == oo and lam**L < lam**(L - 1)",
            given=["0 < lam", "lam < 1", *LAYERS],
        )
        .covering("the speed, lam = 0 and x = 0")
        .derived(InverseMetric(instances.DEPTH).derivation())
    )


@claim("ns2-intro-margin-depth", place="Section 1", rests_on=["f1-statement", "intro-linf-depth-indep"],
       kind="classification")  # fmt: skip
def margin_depends_on_depth() -> Draft:
    """The margin reached by sign flow depends critically on depth, through the metric exponent."""
    less, more = SIZE.format("s"), SIZE.format("t")
    return ill_posed(
        "'the margin' may be the limit direction, where Theorem F.1 says the contrary, or what is reached at some time",
        [
            (
                "in the limit: some two sizes are ordered differently by max |x_l|^(2/L) at depths L and K",
                printed(
                    "not implies(s**(2/L) < t**(2/L), s**(2/K) < t**(2/K))",
                    given=["0 < s", "s < t", *LAYERS, "K >= 2 integer"],
                ),
            ),
            (
                "in the limit: the order is the same",
                printed(
                    "implies(s**(2/L) < t**(2/L), s < t) and implies(s < t, s**(2/L) < t**(2/L))",
                    given=["s > 0", "t > 0", *LAYERS],
                ),
            ),
            (
                "at a time: a coordinate whose layers have moved by s < t is the smaller beside the other, the deeper",
                printed(
                    f"{less}*(s + lam)/({more}*(t + lam)) < {less}/({more})",
                    given=["0 < s", "s < t", "lam > 0", *LAYERS],
                ),
            ),
        ],
    ).derived(ProductMargin(3).derivation())
