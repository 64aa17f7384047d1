"""Appendix G.5: the margin problem of two-layer networks, one neuron a sigma(<w, x>) at a time; sigma is the ReLU.

A sum over the neurons and the samples obeys what each of its terms obeys. T and S are the sums of |w_i|^p and w_i^2
over the d inputs of a neuron."""

from __future__ import annotations

import sympy

from theory.any_potential import AnyPotential
from theory.homogeneous import TwoLayerNet
from theory.horizon import Horizon
from theory.neuron_cost import NeuronCost
from verify.claim import Draft, claim, printed
from verify.papers.mirror_flow.approximation import at_two
from verify.papers.mirror_flow.potentials import entropy

alpha = sympy.Symbol("alpha", positive=True)


def _derived(draft: Draft) -> Draft:
    return draft.derived(NeuronCost(alpha).derivation())


@claim("mf-G5-rescale", place="Appendix G.5, proof of Theorem 4.9", kind="identity")
def neuron_is_unchanged_by_rescaling() -> Draft:
    """a sigma(<w, x>) = (a/c) sigma(c <w, x>) for c > 0; s = <w, x>."""
    return _derived(printed("a*Max(s, 0) == a/c*Max(c*s, 0)", given=["a real", "s real", "c > 0"]))


@claim("mf-G5-balance", place="Appendix G.5, proof of Theorem 4.9", rests_on=["mf-lem-3.1"], kind="dynamics")
def balance_of_a_neuron_under_the_entropy() -> Draft:
    """Hyperbolic entropy: sqrt(a^2 + lam) - sum_i sqrt(w_i^2 + lam) is constant for each neuron. Two inputs (x, y),
    slope g of the loss; s = sigma(<w, x>) = d <w, x> with the slope d of the ReLU, any in [0, 1] at the kink."""
    root = "sqrt({0}**2 + lam)"
    return (
        printed(
            f"conserved({root.format('a')} - {root.format('v')} - {root.format('w')})",
            given=["a real", "v real", "w real", "x real", "y real", "d real", "g real", "lam > 0"],
            flow={
                "a": f"-g*{root.format('a')}*(d*(v*x + w*y))",
                "v": f"-g*{root.format('v')}*a*d*x",
                "w": f"-g*{root.format('w')}*a*d*y",
            },
        )
        .covering("two inputs")
        .derived(TwoLayerNet(1).derivation(entropy(), sympy.Symbol("g", real=True)))
    )


@claim(
    "mf-G5-balance.any-potential", place="Appendix G.5, proof of Theorem 4.9", rests_on=["mf-lem-3.1"], kind="dynamics"
)
def balance_of_a_neuron() -> Draft:
    """For any potentials and any number of inputs: A = Q(R'(a)) moves at -a g s, the sum W of Q(R'(w_i)) at -g a d e
    with e = <w, x>, and s = d e."""
    return printed(
        "conserved(A - W)",
        given=["A real", "W real", "a real", "e real", "d real", "s real", "g real", "s == d*e"],
        flow={"A": "-a*g*s", "W": "-g*a*d*e"},
    ).derived(AnyPotential().derivation())


@claim(
    "mf-G5-limit", place="Appendix G.5, proof of Theorem 4.9", kind="limit",
    rests_on=["mf-G5-balance", "mf-G5-limit.excess"],
)  # fmt: skip
def normalized_neurons_are_balanced() -> Draft:
    """Divided by the norm N -> oo: |a| - |w|_1 -> 0 for each neuron. With A = |a| + i, W = |w|_1 + j and A - W = c, it
    is c + e, b = |c|, where e = j - i, of size at most k = d sqrt(lam) for d inputs, as 0 <= i <= sqrt(lam), 0 <= j <=
    k."""
    return _derived(
        printed(
            "c + e <= b + k and -(c + e) <= b + k and limit((b + k)/N, N, oo) == 0",
            given=["c real", "e real", "e <= k", "-e <= k", "c <= b", "-c <= b"],
        )
    )


@claim("mf-G5-limit.excess", place="Appendix G.5, proof of Theorem 4.9", rests_on=["mf-tab1-hyp-Q"], kind="inequality")
def excess_over_the_size() -> Draft:
    """Those bounds: sqrt(w^2 + lam) lies between |w| and |w| + sqrt(lam), and the difference of parts between 0 and
    sqrt(lam) = r, 0 and d r, is at most d r in size."""
    return printed(
        "sqrt(w**2 + lam) >= abs(w) and sqrt(w**2 + lam) <= abs(w) + sqrt(lam) and j - i <= d*r and i - j <= d*r",
        given=["w real", "lam >= 0", "0 <= i", "i <= r", "0 <= j", "j <= d*r", "d >= 1"],
    ).derived(Horizon(entropy()).derivation())


@claim("mf-G5-objective", place="Appendix G.5, proof of Theorem 4.9", rests_on=["mf-G5-limit"], kind="identity")
def objective_of_balanced_neurons() -> Draft:
    """With |a_j| = |w_j|_1 = v the norm of each neuron is |a| + v = 2 |a| = 2 sqrt(|a| v)."""
    return _derived(
        printed("abs(a) + v == 2*abs(a) and 2*abs(a) == 2*sqrt(abs(a)*v)", given=["a real", "v >= 0", "abs(a) == v"])
    )


@claim(
    "mf-G5-objective.any-degree", place="Appendix G.5, proof of Theorem 4.9", rests_on=["mf-G5-hom"], kind="identity"
)
def objective_of_balanced_neurons_of_any_degree() -> Draft:
    """For |a| = |w|_alpha: |a|^alpha + |w|_alpha^alpha = 2 (|a| |w|_alpha)^(alpha/2), the summand |a~|^(alpha/2) of (5)
    twice; u = |a| > 0."""
    return _derived(
        printed("u**alpha + v**alpha == 2*(u*v)**(alpha/2)", given=["u > 0", "v > 0", "u == v", "alpha >= 1"])
    )


@claim(
    "mf-G5-objective.variables", place="Appendix G.5, proof of Theorem 4.9", rests_on=["mf-G5-rescale"], kind="identity"
)
def neuron_in_the_new_variables() -> Draft:
    """The change of variables a~ = a n, w~ = w/n with n = |w| > 0 keeps the neuron, s = <w, x>, and the summand of the
    objective, sqrt(|a| n)^alpha = |a~|^(alpha/2)."""
    return _derived(
        printed(
            "(a*n)*Max(s/n, 0) == a*Max(s, 0) and implies(a != 0, sqrt(abs(a)*n)**alpha == abs(a*n)**(alpha/2))",
            given=["a real", "s real", "n > 0", "alpha >= 1"],
        ).covering("w != 0")
    )


@claim("mf-G5-hom", place="Appendix G.5, proof of Theorem 4.9, last sentence", rests_on=["mf-lem-3.1"], kind="limit")
def normalized_neurons_are_balanced_for_the_smoothed_potentials() -> Draft:
    """Smoothed potentials, divided by N^p, N the p-norm of all weights: (1 - 1/p) (|a|^p - |w|_p^p) -> 0, which is
    c - W with W = (lam/2) (a^2 - |w|_2^2), of size at most h N^2; p > 2, b = |c|."""
    return _derived(
        printed(
            "c - W <= b + h*M**2 and -(c - W) <= b + h*M**2 and limit((b + h*N**2)/N**p, N, oo) == 0",
            given=["W real", "c real", "W <= h*M**2", "-W <= h*M**2", "c <= b", "-c <= b", "p > 2", "h >= 0", "M > 0"],
        ).covering("p > 2")
    )  # fmt: skip


@claim("mf-G5-hom.p2", place="Appendix G.5, proof of Theorem 4.9, last sentence", rests_on=["mf-lem-3.1"], kind="limit")
def normalized_neurons_are_balanced_at_p_two() -> Draft:
    """p = 2: (1 + lam)/2 (a^2 - |w|_2^2) is constant, so that (a^2 - |w|_2^2)/N^2 -> 0."""
    return printed(
        "limit(2*c/(1 + lam)/N**2, N, oo) == 0 and u**2 - S == 2*c/(1 + lam)",
        given=["u real", "S >= 0", "lam >= 0", "c real", "c == (1 + lam)/2*(u**2 - S)"],
    ).covering("p = 2").derived(Horizon(at_two()).derivation())
