"""Section 2: the set-up. Networks and their margins, subgradients, the conjugate, and the flow itself.

q_i = y_i f(x_i) are the outputs; a statement about two samples or two coordinates names that as what it covers, one
about the sum T of all other terms is about any number of them.
"""

from __future__ import annotations

import sympy

from theory.admissibility import Admissibility
from theory.any_potential import AnyPotential
from theory.conjugate import Conjugate
from theory.exponential_loss import ExponentialLoss
from theory.growth import Growth
from theory.homogeneous import Chain, TwoLayerNet
from theory.kink import Kink
from theory.margins import QMargin
from theory.potentials import MirrorPotential
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.mirror_flow.potentials import entropy, smoothed, smoothed_above_two, x

k = sympy.Symbol("k", positive=True)
L = sympy.Symbol("L", positive=True)
SMOOTHED_HESSIAN = "((p - 1)*abs(x)**(p - 2) + lam)"


def euclidean() -> MirrorPotential:
    """Half the square."""
    return MirrorPotential(x**2 / 2, x)


@claim("mf-asm-2.1-degree", place="Assumption 2.1, Regularity and Homogeneity", kind="definition")
def any_positive_degree_is_regular() -> Draft:
    """Any degree L > 0 goes with local Lipschitz continuity: along a ray on which f is not 0, F s^L is O(s) near 0."""
    statement = "bigo(F*s**L, s, s, 0)"
    return printed(statement, given=["s > 0", "F != 0", "L > 0"]).corrected(
        statement,
        mend="added hypothesis",
        given=["s > 0", "F != 0", "L >= 1"],
        note="With a degree below one no function but 0, which separates nothing, is Lipschitz at the origin.",
        covering="along a ray, near the origin",
    ).derived(Growth(sympy.Abs(x) ** L, x).derivation())


@claim("mf-asm-2.1-sep", place="Assumption 2.1, Separability", kind="equivalence")
def small_loss_classifies_every_sample() -> Draft:
    """A loss below one makes every output positive: T is the sum of the other terms exp(-q_j)."""
    return printed("q > 0", given=["q real", "T >= 0", "exp(-q) + T < 1"]).derived(ExponentialLoss(2, L).derivation())


@claim("mf-correct-implies-loss-lt-1", place="Section 4, after Definition 4.2", kind="inequality")
def correct_classification_makes_the_loss_small() -> Draft:
    """If all outputs are positive, the loss is below one; here for two samples."""
    return (
        printed("exp(-q1) + exp(-q2) < 1", given=["q1 > 0", "q2 > 0"])
        .corrected(
            "exp(-q) + T < 1",
            mend="added hypothesis",
            given=["q > log(K)", "T >= 0", "T <= (K - 1)*exp(-q)", "K >= 1 integer"],
            note="The least output q must exceed log K (T is the sum of the other K - 1 terms); a positive one is"
            " enough for one sample alone. What is true is the converse: a loss below one classifies correctly.",
        )
        .derived(ExponentialLoss(2, L).derivation())
    )


@claim("mf-correct-implies-loss-lt-1.soft-margin", place="Section 4, after Definition 4.2", kind="inequality")
def small_loss_makes_the_soft_margin_positive() -> Draft:
    """A loss F below one makes the soft margin positive."""
    return printed(
        "log(1/F)/(alpha*D)**(L/alpha) > 0", given=["0 < F", "F < 1", "alpha >= 1", "L > 0", "D > 0"]
    ).derived(QMargin(L, sympy.Symbol("alpha", positive=True)).derivation())


@claim("mf-clarke-def", place="Section 2, display before Eq. (1)", kind="definition")
def subdifferential_of_the_kinks() -> Draft:
    """The subdifferential is the convex hull of the limits of gradients: [-1, 1] for |x| at 0, [0, 1] for the ReLU."""
    limits = [
        'limit(sign(x), x, 0, "+") == 1', 'limit(sign(x), x, 0, "-") == -1',
        'limit((1 + sign(x))/2, x, 0, "+") == 1', 'limit((1 + sign(x))/2, x, 0, "-") == 0',
        "implies(x != 0, diff(abs(x), x) == sign(x) and diff(Max(x, 0), x) == (1 + sign(x))/2)",
    ]  # fmt: skip
    return printed(" and ".join(limits), given=["x real"]).covering("|x| and the ReLU").derived(
        Kink(sympy.Integer(-1), sympy.Integer(1)).derivation()
    )


@claim("mf-chainrule-def", place="Section 2, chain rule", rests_on=["mf-clarke-def"], kind="definition")
def chain_rule_of_a_rectifier() -> Draft:
    """(f o z)' = <h, z'> for almost every time and every subgradient h: for the ReLU along an arc of speed v."""
    return printed("ddt(Max(z, 0)) == (1 + sign(z))/2*v", given=["z real", "v real"], flow={"z": "v"}).covering(
        "one ReLU, arcs of constant speed"
    ).derived(Kink(sympy.Integer(0), sympy.Integer(1)).derivation())


@claim("mf-net-eq1-homog", place="Eq. (1)", kind="classification")
def degree_of_a_network() -> Draft:
    """A network of L layers with a homogeneous activation is homogeneous of degree L; here two layers, degree k."""
    return (
        printed("c*a*spow(c*w, k) == c**2*(a*spow(w, k))", given=["a real", "w real", "c > 0", "k > 0"])
        .corrected(
            "c*a*spow(c*b*spow(c*w, k), k) == c**(1 + k + k**2)*(a*spow(b*spow(w, k), k))",
            mend="added hypothesis",
            given=["a real", "b real", "w real", "c > 0", "k > 0"],
            note="With activations of degree k the degree is 1 + k + ... + k^(L-1), which is L for k = 1 alone.",
            covering="three layers of one neuron",
        )
        .derived(Chain((k, k)).derivation(sympy.Symbol("g", real=True)))
    )


@claim("mf-eq2-gf-balance", place="Eq. (2)", rests_on=["mf-net-eq1-homog"], kind="dynamics")
def balance_of_gradient_flow() -> Draft:
    """Gradient flow keeps |W_i|^2 - |W_{i+1}|^2: f = a sigma(w), sigma homogeneous (of degree k), slope g."""
    given = ["a real", "w real", "g real", "k >= 1"]
    flow = {"a": "-g*spow(w, k)", "w": "-g*a*k*abs(w)**(k - 1)"}
    return (
        printed("conserved(a**2/2 - w**2/2)", given=[*given, "w != 0"], flow=flow)
        .corrected(
            "conserved(k*a**2/2 - w**2/2)",
            mend="added hypothesis",
            note="Activations of degree one are needed; at degree k it is k |W_1|^2 - |W_2|^2 that rests.",
            covering="two adjacent layers of one neuron, w != 0",
        )
        .derived(Chain((k,)).derivation(sympy.Symbol("g", real=True)))
    )


@claim("mf-eq2-gf-balance.three-layers", place="Eq. (2)", rests_on=["mf-net-eq1-homog"], kind="dynamics")
def balance_of_gradient_flow_in_three_layers() -> Draft:
    """The same for both pairs of neighbours of three linear layers, f = a b c."""
    return (
        printed(
            "conserved(a**2/2 - b**2/2) and conserved(b**2/2 - c**2/2)",
            given=["a real", "b real", "c real", "g real"],
            flow={"a": "-g*b*c", "b": "-g*a*c", "c": "-g*a*b"},
        )
        .covering("three linear layers of one neuron")
        .derived(Chain((sympy.Integer(1), sympy.Integer(1))).derivation(sympy.Symbol("g", real=True)))
    )


@claim("mf-def-2.2-forms", place="Definition 2.2", kind="identity")
def two_forms_of_the_margin() -> Draft:
    """f(theta/|theta|) = f(theta)/|theta|^L, so that both forms of the margin agree; f = a sigma(w) of degree L."""
    statement = "(a/n)*spow(w/n, L - 1) == a*spow(w, L - 1)/n**L"
    return (
        printed(statement, given=["a real", "w real", "L >= 1"], where={"n": "sqrt(a**2 + w**2)"})
        .corrected(
            statement,
            mend="added hypothesis",
            given=["a real", "w real", "L >= 1", "a**2 + w**2 > 0"],
            note="The margin has no value at theta = 0.",
            covering="f = a sign(w) |w|^(L-1)",
        )
        .derived(Chain((L,)).derivation(sympy.Symbol("g", real=True)))
    )


@claim("mf-def-2.2-forms.least", place="Definition 2.2", kind="identity")
def least_output_over_the_norm() -> Draft:
    """The least of q_i/|theta|^L is the least output over |theta|^L; for two samples, hence for any number."""
    return printed("Min(q1/n**L, q2/n**L) == Min(q1, q2)/n**L", given=["q1 real", "q2 real", "n > 0", "L > 0"]).derived(
        QMargin(L, sympy.Integer(2)).derivation()
    )


@claim("mf-def-2.2-geometry", place="Section 2, before Definition 2.2", kind="equivalence")
def margin_as_a_distance() -> Draft:
    """The margin is the least signed distance of the inputs to the decision boundary."""
    linear = printed(
        "w*(x - s*w) + v*(y - s*v) == 0 and sqrt((s*w)**2 + (s*v)**2) == abs(w*x + v*y)/sqrt(w**2 + v**2)",
        given=["w real", "v real", "x real", "y real", "w**2 + v**2 > 0"],
        where={"s": "(w*x + v*y)/(w**2 + v**2)"},
    )
    deep = printed("a*w*x/sqrt(a**2 + w**2)**2 == x", given=["a > 0", "w > 0", "x > 0"])
    return ill_posed(
        "The geometry that is meant is not said. In the space of inputs the sentence is true of linear functions alone:"
        " the network a relu(w x) has the boundary x = 0 at the distance x, its margin depends on a and w.",
        readings=[
            ("f linear in two inputs, distance to the foot of the perpendicular", linear),
            ("f = a relu(w x), distance of the input x > 0 to the boundary 0", deep),
        ],
    ).derived(TwoLayerNet(1).derivation(euclidean(), sympy.Symbol("g", real=True)))


@claim("mf-asm-2.3-surj", place="Assumption 2.3 (3)", kind="existence")
def mirror_map_is_onto() -> Draft:
    """Strict convexity, differentiability and |R'| -> oo make R' onto: the value y is taken, for the entropy."""
    R = entropy()
    draft = printed("implies(x == sqrt(lam)*sinh(y), asinh(x/sqrt(lam)) == y)", given=["x real", "y real", "lam > 0"])
    return draft.covering("hyperbolic entropy").derived(R.derivation())


@claim("mf-asm-2.3-surj.powers", place="Assumption 2.3 (3)", kind="existence")
def mirror_map_of_the_powers_is_onto() -> Draft:
    """The same for R = |theta|^p/p: R'(sign(y) |y|^(1/(p-1))) = y."""
    e = sympy.Symbol("e", positive=True)
    return (
        printed("spow(spow(y, 1/(p - 1)), p - 1) == y", given=["y real", "p > 1"])
        .covering("R = |theta|^p/p")
        .derived(Conjugate(MirrorPotential(sympy.Abs(x) ** (1 + e) / (1 + e), x)).derivation())
    )


@claim("mf-asm-2.3-surj.smoothed", place="Assumption 2.3 (3)", kind="existence")
def mirror_map_of_the_smoothed_potential_is_onto() -> Draft:
    """The smoothed potential: R' is continuous, strictly increasing and runs from -oo to oo."""
    slope = "spow(x, p - 1) + lam*x"
    return printed(
        f"strictly_increasing({slope}, x) and limit({slope}, x, oo) == oo and limit({slope}, x, -oo) == -oo",
        given=["x real", "p >= 2", "lam >= 0"],
    ).covering("smoothed potential").derived(Admissibility(smoothed_above_two()).derivation())


@claim("mf-asm-2.3-hyp.hessian", place="Assumption 2.3 (2), (4) for Table 1, row 1", kind="classification")
def hessian_of_the_entropy_is_lipschitz() -> Draft:
    """The Hessian of the entropy exists and is Lipschitz: R'' = (theta^2 + lam)^(-1/2) has a bounded derivative."""
    return (
        printed(
            "bounded(diff((x**2 + lam)**(-1/2), x), x) and diff(asinh(x/sqrt(lam)), x) == (x**2 + lam)**(-1/2)",
            given=["x real", "lam > 0"],
        )
        .covering("lam > 0")
        .derived(entropy().derivation())
    )


@claim("mf-def-2.4-finite", place="Definition 2.4", rests_on=["mf-asm-2.3-surj"], kind="existence")
def conjugate_of_the_entropy_is_finite() -> Draft:
    """The conjugate is real valued: for the entropy the supremum of y x - R(x) is sqrt(lam) cosh(y), every x being
    sqrt(lam) sinh(s), where R(x) = s x - sqrt(lam) cosh(s)."""
    R = entropy()
    draft = printed(
        "sqrt(lam)*(y*sinh(s) - (s*sinh(s) - cosh(s))) <= sqrt(lam)*cosh(y)", given=["s real", "y real", "lam > 0"]
    )
    return draft.covering("hyperbolic entropy").derived(Conjugate(R).derivation())


@claim("mf-def-2.4-finite.any-potential", place="Definition 2.4", rests_on=["mf-asm-2.3-surj"], kind="existence")
def conjugate_of_any_potential_is_finite() -> Draft:
    """For any convex R whose gradient takes the value y, y = R'(t): <y, s> - R(s) is nowhere above <y, t> - R(t); ys
    and yt are the products, Rs and Rt the values of R."""
    given = ["ys real", "yt real", "Rs real", "Rt real", "Rs >= Rt + ys - yt"]
    return printed("ys - Rs <= yt - Rt", given=given).derived(AnyPotential().derivation())


@claim("mf-flow-equivalence", place="Section 2, Mirror flow", rests_on=["mf-asm-2.3-surj"], kind="equivalence")
def two_forms_of_the_flow() -> Draft:
    """d R'(theta)/dt = -h if and only if theta' = -h/R''(theta), for all admissible potentials: here those of Table 1,
    row 2, and what holds for any with R'' = H > 0."""
    statement = "implies(H*v == -h, v == -h/H) and implies(v == -h/H, H*v == -h)"
    given = ["v real", "h real"]
    return (
        printed(statement, given=["x real", *given, "p > 2", "lam >= 0"], where={"H": SMOOTHED_HESSIAN})
        .corrected(
            statement,
            mend="added hypothesis",
            given=[*given, "H > 0"],
            where={},
            note="A strictly convex R may have R'' = 0 (here theta = 0 without smoothing); the Hessian must be"
            " invertible.",
            covering="separable R",
        )
        .derived(Admissibility(smoothed()).potential.derivation())
    )


@claim("mf-loss-dissipation", place="Section 2, last display", rests_on=["mf-flow-equivalence"], kind="identity")
def loss_along_the_flow() -> Draft:
    """dL/dt = -<h, theta'> = -|theta'|^2 in the metric R'', for h in the subdifferential: theta' = v = -h/H."""
    return (
        printed("-h*v == -H*v**2", given=["h real", "H > 0"], where={"v": "-h/H"})
        .corrected(
            "h*v + g*u == -(H*v**2 + G*u**2)",
            mend="sign",
            given=["h real", "g real", "H > 0", "G > 0"],
            where={"v": "-h/H", "u": "-g/G"},
            note="By the chain rule dL/dt = +<h, theta'>, which is minus the square of the speed.",
            covering="two coordinates, separable R",
        )
        .derived(TwoLayerNet(1).derivation(euclidean(), sympy.Symbol("g", real=True)))
    )


@claim("mf-layer-sep-Q", place="Section 3; Appendix B", rests_on=["mf-def-2.4-finite"], kind="identity")
def conjugate_of_a_sum_over_the_layers() -> Draft:
    """R = R_1 + R_2 gives Q = Q_1 + Q_2: the supremum splits (P_i is its i-th part at any point), and so does its value
    at the gradient (G and H are the layers' gradients at x and y)."""
    return printed(
        "P1 + P2 <= Q1 + Q2 and (x*G + y*H) - (R + S) == (x*G - R) + (y*H - S)",
        given=["P1 real", "P2 real", "Q1 real", "Q2 real", "P1 <= Q1", "P2 <= Q2",
               "x real", "y real", "G real", "H real", "R real", "S real"],
    ).derived(AnyPotential().derivation())  # fmt: skip


@claim("mf-eq3", place="Eq. (3)", rests_on=["mf-layer-sep-Q"], kind="definition")
def inclusion_has_several_solutions() -> Draft:
    """The layerwise flow is an inclusion whose solutions need not be unique: at the kink of a relu, where its slope may
    be any h in [0, 1], every speed d between 0 and v is allowed, so that the weight may rest or leave."""
    return printed("exists(h, 0 <= h and h <= 1 and d == h*v)", given=["v > 0", "0 <= d", "d <= v"]).covering(
        "one ReLU neuron at its kink"
    ).derived(Kink(sympy.Integer(0), sympy.Integer(1)).derivation())


@claim("mf-euler-clarke", place="Section 3, Euler's identity", rests_on=["mf-clarke-def"], kind="identity")
def euler_for_every_subgradient() -> Draft:
    """<theta, h> = L f for every subgradient h: where f is differentiable it is the slope of c^L F in c at 1 (F is the
    value of f); so it is true of the limits of gradients, whose products with theta are A and B, and of every h between
    them."""
    return printed(
        "implies(c == 1, diff(c**L*F, c) == L*F) and s*A + (1 - s)*B == L*F",
        given=["c > 0", "A real", "B real", "L > 0", "F real", "0 <= s", "s <= 1", "A == L*F", "B == L*F"],
    ).derived(ExponentialLoss(1, L).derivation())


@claim("mf-euler-clarke.relu", place="Section 3, Euler's identity", rests_on=["mf-clarke-def"], kind="identity")
def euler_at_the_kink_of_a_relu() -> Draft:
    """At the kink of f = a relu(w), w = 0, every subgradient (0, a h), 0 <= h <= 1, has the product 0 = 2 f with
    (a, w); off the kink Euler's identity holds with degree two."""
    return printed(
        "implies(w == 0, a*0 + w*(a*h) == 2*a*Max(w, 0))"
        " and implies(w != 0, a*diff(a*Max(w, 0), a) + w*diff(a*Max(w, 0), w) == 2*a*Max(w, 0))",
        given=["a real", "w real", "0 <= h", "h <= 1"],
    ).covering("f = a relu(w)").derived(Kink(sympy.Integer(0), sympy.Integer(1)).derivation())
