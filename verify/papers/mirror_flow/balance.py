"""Lemma 3.1 and Appendix B: the layer balance of mirror flow, for two-layer networks at a constant slope of the loss.

Since the law is linear in the slope g of the loss, a law for every constant g is the law along any loss; and since it
is a sum over the neurons and the samples, a law for each of them is the law.
"""

from __future__ import annotations

import sympy

from theory.any_potential import AnyPotential
from theory.homogeneous import Chain, TwoLayerNet
from theory.potentials import MirrorPotential
from verify.claim import Draft, claim, printed
from verify.papers.mirror_flow.potentials import entropy, x

g = sympy.Symbol("g", real=True)
degree = sympy.Symbol("k", positive=True)  # of the activation
lam = sympy.Symbol("lam", positive=True)


def _conserved(net: TwoLayerNet, R: MirrorPotential, given: list[str], potential: str) -> Draft:
    flow = {str(s): rhs for s, rhs in net.flow(R, g).items()}
    weights = [f"{s} real" for s in (*net.outer, *net.inner)]
    draft = printed("conserved(B)", given=[*weights, "g real", *given], where={"B": net.balance(R)}, flow=flow)
    return draft.covering(f"two neurons, linear activation, {potential}").derived(net.derivation(R, g))


def cubic() -> MirrorPotential:
    """The smoothed potential with p = 4, where powers are polynomials."""
    return MirrorPotential(x**4 / 4 + lam / 2 * x**2, x)


@claim("mf-lem-3.1", place="Lemma 3.1", rests_on=["mf-B-cancel", "mf-layer-sep-Q"], kind="dynamics")
def layers_stay_balanced_under_the_entropy() -> Draft:
    """Q(R'(a)) - Q(R'(w)) summed over the neurons is constant: linear activation, two neurons, hyperbolic entropy."""
    return _conserved(TwoLayerNet(2), entropy(), ["lam > 0"], "hyperbolic entropy")


@claim("mf-lem-3.1.any-potential", place="Lemma 3.1", rests_on=["mf-eq4-dQ.any-potential"], kind="dynamics")
def one_neuron_stays_balanced_under_any_potential() -> Draft:
    """For any potentials and any sigma with w sigma'(w) = sigma(w): A = Q(R'(a)) and W = Q(R'(w)) move at the rates
    a dR'(a)/dt = -a g sigma(w) and w dR'(w)/dt = -w g a sigma'(w) (s = sigma(w), d = sigma'(w)), and A - W rests.
    """
    draft = printed(
        "conserved(A - W)",
        given=["A real", "W real", "a real", "w real", "s real", "d real", "g real", "w*d == s"],
        flow={"A": "-a*g*s", "W": "-w*g*a*d"},
    )
    return draft.covering("two adjacent layers, f = a sigma(w)").derived(AnyPotential().derivation())


@claim("mf-lem-3.1.smoothed", place="Lemma 3.1", rests_on=["mf-B-eq6"], kind="dynamics")
def layers_stay_balanced_under_the_smoothed_potential() -> Draft:
    """The same for the smoothed potential with p = 4."""
    return _conserved(TwoLayerNet(2), cubic(), ["lam > 0"], "smoothed potential with p = 4")


@claim("mf-lem-3.1-specialise", place="Section 3, after Lemma 3.1", rests_on=["mf-lem-3.1"], kind="identity")
def gradient_flow_balance() -> Draft:
    """R = theta^2/2 gives back the balance of gradient flow."""
    return _conserved(TwoLayerNet(2), MirrorPotential(x**2 / 2, x), [], "R = theta^2/2")


@claim("mf-lem-3.1.relu", place="Lemma 3.1, ReLU", rests_on=["mf-B-eq6"], kind="dynamics")
def balance_with_relu() -> Draft:
    """One ReLU neuron under gradient flow, the kink in Filippov's sense: a^2/2 - w^2/2 is constant."""
    return (
        printed(
            "conserved(a**2/2 - w**2/2)",
            given=["a real", "w real", "g real"],
            flow={"a": "-g*Max(w, 0)", "w": "-g*a*(1 + sign(w))/2"},
        )
        .covering("one ReLU neuron, R = theta^2/2, constant slope")
        .derived(
            TwoLayerNet(1).derivation(MirrorPotential(x**2 / 2, x), g)  # where the neuron is on; off, nothing moves
        )
    )


@claim("mf-lem-3.1.squared", place="Lemma 3.1, 'sigma homogeneous'", rests_on=["mf-B-eq6"], kind="dynamics")
def balance_with_the_squared_activation() -> Draft:
    """A homogeneous activation of degree two: the same balance Q(R'(a)) - Q(R'(w)) is constant."""
    net = TwoLayerNet(1, degree=2)
    R = entropy()
    duals = {"A": R.dual_at_gradient.subs(x, net.outer[0]), "W": R.dual_at_gradient.subs(x, net.inner[0])}
    flow = {str(s): rhs for s, rhs in net.flow(R, g).items()}
    return (
        printed("conserved(A - W)", given=["a1 real", "w1 real", "g real", "lam > 0"], where=duals, flow=flow)
        .corrected(
            "conserved(k*A - W)",
            mend="added hypothesis",
            given=["A real", "W real", "a real", "w real", "s real", "d real", "g real", "k > 0", "w*d == k*s"],
            where={},
            flow={"A": "-a*g*s", "W": "-w*g*a*d"},
            note="The lemma needs activations of degree one; at degree k, w sigma'(w) = k sigma(w), the law is that"
            " k Q(R'(a)) - Q(R'(w)) is constant, for any potentials.",
            covering="two adjacent layers, f = a sigma(w)",
        )
        .derived(net.derivation(R, g))
    )


@claim("mf-B-eq6", place="Appendix B, Eq. (6)", rests_on=["mf-B-invariance", "mf-B-diff-s"], kind="identity")
def euler_terms_of_adjacent_layers() -> Draft:
    """Homogeneity of sigma (of degree k) gives a df/da = w df/dw for f = a sigma(w)."""
    euler = "a*diff(a*spow(w, k), a) == w*diff(a*spow(w, k), w)"
    return printed(euler, given=["a real", "w real", "w != 0", "k > 0"]).corrected(
        "k*a*diff(a*spow(w, k), a) == w*diff(a*spow(w, k), w)",
        mend="added hypothesis",
        note="The degree k of the activation appears; the printed equality is the case k = 1.",
        covering="one neuron, sigma(u) = sign(u) |u|^k, w != 0",
    ).derived(Chain((degree,)).derivation(g))


@claim("mf-B-eq6.joint-homogeneity", place="Appendix B, 'homogeneity of f implies'", kind="identity")
def euler_terms_of_a_jointly_homogeneous_function() -> Draft:
    """Homogeneity of f, of degree two in (a, w) jointly, gives a df/da = w df/dw: f = (a + w) w, where the second layer
    is used in the first as well."""
    return (
        printed("a*diff((a + w)*w, a) == w*diff((a + w)*w, w)", given=["a real", "w real"])
        .corrected(
            "A == B",
            mend="added hypothesis",
            given=["A real", "B real", "k > 0", "F real", "A == k*F", "B == k*F"],
            note="f must be homogeneous of one degree k in each of the two layers, as (1) is: then both Euler terms, A"
            " and B, are k f.",
        )
        .derived(AnyPotential().derivation())
    )


@claim("mf-B-invariance", place="Appendix B", kind="identity")
def joint_rescaling_leaves_the_network_unchanged() -> Draft:
    """(W_1, W_2) -> (e^s W_1, e^-s W_2) leaves a sigma(w) unchanged for a homogeneous sigma (of degree k)."""
    rescaled = "exp(s)*a*spow(exp(-s)*w, k) == a*spow(w, k)"
    given = ["a real", "w real", "s real"]
    return printed(rescaled, given=[*given, "k > 0"]).corrected(
        "exp(s)*a*(exp(-s)*w) == a*w",
        mend="added hypothesis",
        given=given,
        note="True for activations of degree one.",
        covering="one neuron, linear activation",
    ).derived(Chain((degree,)).derivation(g))


@claim("mf-eq4-dQ", place="Eq. (4), first equality", rests_on=["mf-lem-2.5"], kind="identity")
def rate_of_the_dual_potential() -> Draft:
    """d Q(R'(theta))/dt = theta d R'(theta)/dt along any motion, for the hyperbolic entropy."""
    R = entropy()
    draft = printed(
        "ddt(D) == x*ddt(G)",
        given=["x real", "v real", "lam > 0"],
        where={"D": R.dual_at_gradient, "G": R.gradient},
        flow={"x": "v"},
    )
    return draft.covering("hyperbolic entropy").derived(R.derivation())


@claim("mf-eq4-dQ.any-potential", place="Eq. (4), first equality", rests_on=["mf-lem-2.5"], kind="identity")
def rate_of_the_dual_of_any_potential() -> Draft:
    """The same for any potential: Q(R'(theta)) = theta G - R, where G = R'(theta) moves at h v and R at G v."""
    return (
        printed(
            "ddt(x*G - R) == x*ddt(G)",
            given=["x real", "v real", "h >= 0", "G real", "R real"],
            flow={"x": "v", "G": "h*v", "R": "G*v"},
        )
        .covering("separable R")
        .derived(AnyPotential().derivation())
    )
