"""Appendices J.3 and J.4: inverse metrics for networks of any width, and Table 10.

s is the size sigma of the initial weights theta = s z, z standard normal, and r = 1/s -> oo its inverse; n = s^(-2) is
the width. The first step moves a weight at the rate eta/R''(theta); a = (n b)^(1/alpha) is the offset of Appendix H.
"""

from __future__ import annotations

import sympy

from theory.derivation import Derivation
from theory.horizon import Horizon
from theory.margins import LayerwiseQMargin
from theory.neuron_cost import NeuronCost
from theory.potentials import MirrorPotential
from theory.recipes import Recipe, sigma, width
from verify.claim import Draft, claim, ill_posed, printed

x = sympy.Symbol("x", real=True)
lam = sympy.Symbol("lam", nonnegative=True)
e = sympy.Symbol("e", positive=True)
ENTROPY = sympy.sqrt(x**2 + lam)
SMOOTHED = 1 / ((1 + e) * sympy.Abs(x) ** e + lam)


def recipe_of_entropy(rate: sympy.Expr, smoothing: sympy.Expr) -> Derivation:
    """The entropy at the rate and the smoothing given."""
    return Recipe(ENTROPY, x, lam, rate, smoothing).derivation(width * sympy.sqrt(lam))


def recipe_of_smoothed(rate: sympy.Expr, smoothing: sympy.Expr, above: sympy.Expr = e) -> Derivation:
    """The smoothed potential, p = 2 + above, at the rate and the smoothing given."""
    offset = (width * (2 + above) * lam / 2) ** (1 / (2 + above))
    return Recipe(SMOOTHED.subs(e, above), x, lam, rate, smoothing).derivation(offset)


def _entropy(draft: Draft, rate: sympy.Expr, smoothing: sympy.Expr) -> Draft:
    return draft.derived(recipe_of_entropy(rate, smoothing))


def _smoothed(draft: Draft, rate: sympy.Expr, smoothing: sympy.Expr) -> Draft:
    return draft.derived(recipe_of_smoothed(rate, smoothing))


@claim("mf-J3-hyp", place="Appendix J.3, first display", kind="definition")
def inverse_metric_of_the_entropy_with_width() -> Draft:
    """sqrt(theta^2 width + lam/sqrt(1 + lam)) is the inverse Hessian of an entropy, up to the factor sqrt(width): that
    of the smoothing lam/(width sqrt(1 + lam))."""
    return _entropy(
        printed(
            "sqrt(x**2*w + lam/sqrt(1 + lam)) == sqrt(w)*sqrt(x**2 + k)",
            given=["x real", "w > 0", "lam >= 0"],
            where={"k": "lam/(w*sqrt(1 + lam))"},
        ),
        sympy.Integer(1),
        sympy.Integer(1),
    )


@claim("mf-J3-hyp.comparable", place="Appendix J.3, first display", rests_on=["mf-J3-hyp"], kind="inequality")
def inverse_metric_of_the_entropy_is_comparable() -> Draft:
    """Where width theta^2 = 1 the update is comparable to that of gradient descent, 1, for all lam of the sweep, at
    most 1: it lies between 1 and 4/3."""
    return printed(
        "1 <= sqrt(x**2*w + lam/sqrt(1 + lam)) and sqrt(x**2*w + lam/sqrt(1 + lam)) <= 4/3",
        given=["x real", "w > 0", "x**2*w == 1", "0 <= lam", "lam <= 1"],
    ).derived(recipe_of_entropy(sympy.Integer(1), sympy.Integer(1)))


@claim("mf-J3-hom", place="Appendix J.3, first display", kind="definition")
def inverse_metric_of_the_smoothed_potential_with_width() -> Draft:
    """lam/(|theta|^(p-2) width^((2-p)/2) + lam) is comparable across widths: where |theta| = z width^(-1/2) it does not
    depend on the width, as |theta|^(p-2) width^((p-2)/2) = z^(p-2) does not."""
    term = "(z*w**(-1/2))**(p - 2)*w**({0})"
    return _smoothed(
        printed(
            f"lam/({term.format('(2 - p)/2')} + lam) == lam/(z**(p - 2) + lam)",
            given=["z > 0", "w > 0", "p > 2", "lam > 0"],
        ).corrected(
            f"lam/({term.format('(p - 2)/2')} + lam) == lam/(z**(p - 2) + lam)",
            mend="sign",
            note="The exponent of the width has the wrong sign: as printed the term is z^(p-2) width^(2-p), so small"
            " for p ="
            " 10 that the map is that of gradient descent.",
        ),
        sympy.Integer(1),
        sympy.Integer(1),
    )


@claim("mf-J3-hom.hessian", place="Appendix J.3, first display", kind="identity")
def inverse_metric_of_the_smoothed_potential_is_one() -> Draft:
    """It is a multiple of the inverse Hessian 1/((p-1) |theta|^(p-2) + k) of a smoothed potential, k = (p-1) lam/c,
    where c = width^((2-p)/2)."""
    return printed(
        "lam/(y*c + lam) == (p - 1)*lam/c*(1/((p - 1)*y + (p - 1)*lam/c))",
        given=["y >= 0", "c > 0", "lam > 0", "p > 2"],
    ).derived(recipe_of_smoothed(sympy.Integer(1), sympy.Integer(1)))


@claim("mf-J3-similar", place="Appendix J.3, text after the display", rests_on=["mf-J3-hyp"], kind="asymptotic")
def update_of_the_entropy_is_the_same_in_each_layer() -> Draft:
    """The choices give the elements similar average updates: under He initialization theta = sqrt(2/width) z the
    entropy's inverse metric does not depend on the width, so nor does its average."""
    return printed(
        "sqrt((sqrt(2/w)*z)**2*w + lam/sqrt(1 + lam)) == sqrt(2*z**2 + lam/sqrt(1 + lam))",
        given=["z real", "w > 0", "lam >= 0"],
    ).covering("hyperbolic entropy").derived(recipe_of_entropy(sympy.Integer(1), sympy.Integer(1)))


@claim("mf-J3-similar.hom", place="Appendix J.3, text after the display", rests_on=["mf-J3-hom"], kind="asymptotic")
def update_of_the_smoothed_potential_is_the_same_in_each_layer() -> Draft:
    """The same for the smoothed potential, size |z| = z."""
    statement = "lam/((sqrt(2/w)*z)**(p - 2)*w**({0}) + lam) == lam/((sqrt(2)*z)**(p - 2) + lam)"
    return printed(statement.format("(2 - p)/2"), given=["z > 0", "w > 0", "lam > 0", "p > 2"]).corrected(
        statement.format("(p - 2)/2"),
        mend="sign",
        note="With the exponent (p - 2)/2 of the width it does not depend on it.",
    ).derived(recipe_of_smoothed(sympy.Integer(1), sympy.Integer(1)))


@claim("mf-J3-bias", place="Appendix J.3", kind="identity")
def biases_of_the_first_layer() -> Draft:
    """Biases of the first layer keep the degree one in each layer: b is the weight of a further input 1."""
    return (
        printed(
            "a*Max(c*w*x + c*b, 0) == c*(a*Max(w*x + b, 0)) and d*a*Max(w*x + b, 0) == d*(a*Max(w*x + b, 0))",
            given=["a real", "w real", "x real", "b real", "c > 0", "d > 0"],
        )
        .covering("two layers")
        .derived(NeuronCost(sympy.Integer(2)).derivation())
    )


@claim("mf-J3-bias.second-layer", place="Appendix J.3", rests_on=["mf-J3-bias"], kind="identity")
def biases_of_a_later_layer() -> Draft:
    """Only those of the first layer: with a bias of the second layer beside a sigma(w x) the network is not of degree
    two in all weights (a = w = x = b = 1, c = 2)."""
    return printed("2*1*Max(2*1*1, 0) + 2*1 != 2**2*(1*Max(1*1, 0) + 1)").covering("an example").derived(
        NeuronCost(sympy.Integer(2)).derivation()
    )


@claim("mf-J3-params", place="Appendix J.3", kind="definition")
def margin_of_several_classes() -> Draft:
    """The margin of the VGG, tracked by the product of the layers' norms and the logits, is unchanged by rescaling
    layers, also with more than two classes: u is the logit of the right class, of degree one in each layer."""
    return printed(
        "(c*u - Max(c*v, c*w))/(c*N) == (u - Max(v, w))/N",
        given=["u real", "v real", "w real", "c > 0", "N > 0"],
    ).covering("three classes, one layer rescaled").derived(LayerwiseQMargin([sympy.Integer(2)]).derivation())


@claim("mf-J4-criterion", place="Appendix J.4", kind="definition")
def bounded_updates_are_no_full_updates() -> Draft:
    """E[eta/R''(theta_0)] = O(1) keeps the update as in gradient descent; the entropy with eta = s and lam = 1, for
    each z, r = 1/s: the step is O(1), and it should be of order one."""
    step = "sqrt((z/r)**2 + 1)/r"
    return _entropy(
        printed(f"bigo({step}, 1, r, oo) and bigtheta({step}, 1, r, oo)", given=["z real"]).corrected(
            "bigtheta(sqrt((z/r)**2 + 1), 1, r, oo) and littleo(sqrt((z/r)**2 + 1)/r, 1, r, oo)",
            mend="replaced",
            note="O(1) bounds the update from above alone, and holds for a rate that vanishes. A two-sided order is"
            " needed:"
            " it holds for (1, 1) and excludes (s, 1).",
            covering="hyperbolic entropy",
        ),
        sigma,
        sympy.Integer(1),
    )


@claim("mf-tab10-hyp-mup", place="Table 10, row 2, mirror-muP", rests_on=["mf-J4-criterion"], kind="asymptotic")
def updates_of_the_entropy() -> Draft:
    """(1, 1): the step is between 1 and 1 + s^2 z^2/2. (1/s, 0): |z|. (1/s, s^2): sqrt(z^2 + 1). The averages of the
    last two do not depend on s; E z^2 = 1."""
    return _entropy(
        printed(
            "1 <= sqrt((s*z)**2 + 1) and sqrt((s*z)**2 + 1) <= 1 + s**2*z**2/2 and sqrt((s*z)**2 + 0)/s == abs(z)"
            " and sqrt((s*z)**2 + s**2)/s == sqrt(z**2 + 1)",
            given=["s > 0", "z real"],
        ),
        1 / sigma,
        sigma**2,
    )


@claim("mf-tab10-hyp-mup.averages", place="Table 10, row 2, mirror-muP", rests_on=["mf-tab10-hyp-mup"], kind="identity")
def average_updates_of_the_entropy() -> Draft:
    """E z^2 = 1, E|z| = sqrt(2/pi), and E sqrt(z^2 + 1) is between 1 and sqrt(2)."""
    root = "expect(sqrt(z**2 + 1), z)"
    averages = f"expect(z**2, z) == 1 and expect(abs(z), z) == sqrt(2/pi) and 1 <= {root} and {root} <= sqrt(2)"
    return printed(averages).derived(recipe_of_entropy(1 / sigma, sigma**2))


@claim(
    "mf-tab10-hyp-margin",
    place="Table 10, row 2, margin reachable",
    rests_on=["mf-lambda-suggest-hyp"],
    kind="asymptotic",
)
def reachable_margins_of_the_entropy() -> Draft:
    """(1/s, 0) and (1/s, s^4) with n = s^(-2): the offset a = n sqrt(lam) is 0 and 1, and lam = s^4 is 1/n^2."""
    return _entropy(
        printed("n*sqrt(0) == 0 and n*sqrt(s**4) == 1 and s**4 == 1/n**2", given=["s > 0"], where={"n": "s**(-2)"}),
        1 / sigma,
        sigma**4,
    )


@claim("mf-tab10-hyp-margin.others", place="Table 10, row 2, margin reachable", rests_on=["mf-tab10-hyp-margin"],
       kind="asymptotic")  # fmt: skip
def unreachable_margins_of_the_entropy() -> Draft:
    """The entries that the column leaves out, (1, 1) and (1/s, s^2), have the offsets n and sqrt(n), without a
    bound."""
    return printed("limit(n*sqrt(1), n, oo) == oo and limit(n*sqrt(1/n), n, oo) == oo").derived(
        recipe_of_entropy(1 / sigma, sigma**2)
    )


@claim("mf-tab10-lp-mup", place="Table 10, row 3, mirror-muP", rests_on=["mf-J4-criterion"], kind="asymptotic")
def updates_of_the_smoothed_potential() -> Draft:
    """(1, 1): the step tends to 1 and is at most 1. (s^(p-2), s^(p-2)): it is 1/((p-1) |z|^(p-2) + 1), for every s; y =
    |z|."""
    return _smoothed(
        printed(
            "limit(1/((p - 1)*(y/r)**(p - 2) + 1), r, oo) == 1 and 1/((p - 1)*(s*y)**(p - 2) + 1) <= 1"
            " and s**(p - 2)/((p - 1)*(s*y)**(p - 2) + s**(p - 2)) == 1/((p - 1)*y**(p - 2) + 1)",
            given=["s > 0", "y > 0", "p > 2"],
        ),
        sigma**e,
        sigma**e,
    )


@claim(
    "mf-tab10-lp-mup.margin-entry", place="Table 10, row 3, mirror-muP", rests_on=["mf-tab10-lp-mup"], kind="asymptotic"
)
def small_smoothing_does_not_keep_the_update() -> Draft:
    """(s^2, s^2) is not in this column: the step s^2/((p-1) (s y)^(p-2) + s^2) vanishes as s = 1/r -> 0 for all p >
    2."""
    statement = "limit(r**(-2)/((p - 1)*(y/r)**(p - 2) + r**(-2)), r, oo) == 0"
    return printed(statement, given=["y > 0", "p > 2"]).corrected(
        statement,
        mend="added hypothesis",
        given=["y > 0", "p > 2", "p < 4"],
        note="From p = 4 on the smoothing s^2 is not the smaller term: the step stays of order one, and the entry"
        " belongs into"
        " both columns.",
    ).derived(recipe_of_smoothed(sigma**2, sigma**2, sympy.Integer(1)))


@claim(
    "mf-tab10-lp-margin",
    place="Table 10, row 3, margin reachable",
    rests_on=["mf-lambda-suggest-hom"],
    kind="asymptotic",
)
def reachable_margin_of_the_smoothed_potential() -> Draft:
    """(s^2, s^2): the offset a = (p lam n/2)^(1/p) is (p/2)^(1/p) for lam = s^2 = 1/n."""
    return printed("(p*s**2*s**(-2)/2)**(1/p) == (p/2)**(1/p)", given=["s > 0", "p > 2"]).derived(
        recipe_of_smoothed(sigma**2, sigma**2, sympy.Integer(2))
    )


@claim("mf-tab10-lp-margin.mup-entry", place="Table 10, row 3, margin reachable", rests_on=["mf-tab10-lp-margin"],
       kind="asymptotic")  # fmt: skip
def full_update_does_not_reach_the_margin() -> Draft:
    """(s^(p-2), s^(p-2)) is not in this column: its offset (p lam n/2)^(1/p), lam n = r^(4-p), has no bound for all p >
    2."""
    statement = "limit((p/2*r**(4 - p))**(1/p), r, oo) == oo"
    return printed(statement, given=["p > 2"]).corrected(
        statement,
        mend="added hypothesis",
        given=["p > 2", "p < 4"],
        note="For p >= 4 the offset is bounded: the entry keeps the update and reaches the margin.",
    ).derived(recipe_of_smoothed(sigma**e, sigma**e))


@claim("mf-tab10-gd", place="Table 10, row 1", kind="asymptotic")
def gradient_descent_is_in_both_columns() -> Draft:
    """R = theta^2/2 has R'' = 1, so that eta = 1 keeps the update, and (2 Q)^(1/2) is the horizon itself."""
    half = MirrorPotential(x**2 / 2, x)
    return printed(
        "1/diff(x**2/2, x, 2) == 1 and (2*(x*diff(x**2/2, x) - x**2/2))**(1/2) == abs(x)", given=["x real"]
    ).derived(Horizon(half).derivation())


@claim("mf-ex-J1", place="Example J.1", rests_on=["mf-tab10-hyp-mup"], kind="asymptotic")
def average_update_from_above_and_below() -> Draft:
    """E[eta sqrt(theta_0^2 + lam)] = O(eta (s + sqrt(lam))), by (s |z| + sqrt(lam))/2 <= sqrt(s^2 z^2 + lam) <= s |z| +
    sqrt(lam) and E|z| = sqrt(2/pi) < 1."""
    root = "sqrt((s*z)**2 + lam)"
    return _entropy(
        printed(
            f"(s*abs(z) + sqrt(lam))/2 <= {root} and {root} <= s*abs(z) + sqrt(lam) and sqrt(2/pi) < 1",
            given=["s > 0", "z real", "lam >= 0"],
        ),
        1 / sigma,
        sigma**2,
    )


@claim("mf-ex-J1.two", place="Example J.1, first sentence", rests_on=["mf-ex-J1"], kind="classification")
def number_of_solutions_of_the_entropy() -> Draft:
    """The entropy has two mirror-muP solutions, (1, 1) and (1/s, s^2); so (1/s, s^k) is none for k > 2: its step
    r sqrt((z/r)^2 + r^(-k)), at least z, must tend to oo."""
    step = "limit(r*sqrt((z/r)**2 + r**(-k)), r, oo)"
    return _entropy(
        printed(f"{step} == oo", given=["z > 0", "k > 2"]).corrected(
            f"{step} == z",
            mend="replaced",
            note="There are as many as one likes: every lam of at most the order s^2 keeps the update with the rate"
            " 1/s, among"
            " them the entry (1/s, s^4) of the other column; Table 10 itself has three.",
        ),
        1 / sigma,
        sigma**4,
    )


@claim("mf-rem-J2", place="Remark J.2", kind="classification")
def metric_and_gradient_at_the_start() -> Draft:
    """The metric and the gradient at the start are coupled, and can be treated as decoupled by free probability."""
    coupled = "expect((1 + z**2)*z**2, z) == expect(1 + z**2, z)*expect(z**2, z)"
    apart = "expect((1 + a**2)*w, w) == (1 + a**2)*expect(w, w)"
    return ill_posed(
        "No statement is made of which averages agree, in which limit and how fast; two cases with the inverse metric"
        " 1 + theta^2, of R = theta atan(theta) - log(1 + theta^2)/2.",
        readings=[
            ("the averages of the product and of the factors agree where the gradient is theta^2", printed(coupled)),
            (
                "they agree where the gradient is another weight, as in f = a w at any a",
                printed(apart, given=["a real"]),
            ),
        ],
    ).derived(MirrorPotential(x * sympy.atan(x) - sympy.log(1 + x**2) / 2, x).derivation())
