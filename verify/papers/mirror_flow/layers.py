"""Appendices A and B: reparameterizations of more than two layers, and the steps of the proof of Lemma 3.1."""

from __future__ import annotations

import sympy

from theory.homogeneous import TwoLayerNet
from theory.kink import Kink
from theory.potentials import MirrorPotential
from theory.reparameterizations import DeepDiagonal
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.mirror_flow.potentials import entropy

g = sympy.Symbol("g", real=True)
theta = sympy.Symbol("theta", positive=True)


@claim("mf-A-deeper", place="Appendix A, Sparse training", kind="classification")
def deeper_products_and_mirror_flow() -> Draft:
    """Reparameterizations of more than two layers do not correspond to a mirror flow: theta = u1 u2 u3."""
    metric = printed(
        "ddt(u1*u2*u3) == -3*abs(u1*u2*u3)**(4/3)*g",
        given=["u1 > 0", "u2 == u1", "u3 == u1", "g real"],
        flow={"u1": "-u2*u3*g", "u2": "-u1*u3*g", "u3": "-u1*u2*g"},
    )
    invariants = printed(
        "conserved(u1**2 - u2**2) and conserved(u2**2 - u3**2)",
        given=["u1 real", "u2 real", "u3 real", "g real"],
        flow={"u1": "-u2*u3*g", "u2": "-u1*u3*g", "u3": "-u1*u2*g"},
    )
    no_potential = printed(
        'limit(-1/x**(1/3), x, 0, "+") == -oo and diff(-1/x**(1/3), x) == 1/(3*x**(4/3))', given=["x > 0"]
    )
    return ill_posed(
        "It is not said of which start and of which domain. Balanced layers move theta > 0 by a metric that depends on"
        " theta alone, so by a mirror flow of the half-line; no potential of the whole line has that metric, since its"
        " slope would be infinite at 0. The invariants are those of two layers.",
        readings=[
            ("three balanced layers: theta' = -3 |theta|^(4/3) times the slope", metric),
            ("the invariants of three layers", invariants),
            ("the potential of that metric has an infinite slope at 0", no_potential),
        ],
    ).derived(DeepDiagonal(3).derivation())


@claim("mf-A-deeper.metric", place="Appendix A, Sparse training", kind="identity")
def metric_of_three_layers() -> Draft:
    """The speed of theta = u1 u2 u3 is the sum of the squares of the products of two, whatever the start."""
    return printed(
        "ddt(u1*u2*u3) == -((u1*u2)**2 + (u2*u3)**2 + (u1*u3)**2)*g",
        given=["u1 real", "u2 real", "u3 real", "g real"],
        flow={"u1": "-u2*u3*g", "u2": "-u1*u3*g", "u3": "-u1*u2*g"},
    ).derived(DeepDiagonal(3).derivation())


@claim("mf-B-diff-s", place="Appendix B", rests_on=["mf-B-invariance"], kind="identity")
def derivative_of_the_rescaling() -> Draft:
    """0 = d/ds of the loss along (e^s W_i, e^-s W_{i+1}) = <grad_i, W_i> - <grad_{i+1}, W_{i+1}>: a and w move at the
    rates a and -w; loss exp(-a w)."""
    return printed(
        "ddt(exp(-a*w)) == diff(exp(-a*w), a)*a - diff(exp(-a*w), w)*w and ddt(exp(-a*w)) == 0",
        given=["a real", "w real"],
        flow={"a": "a", "w": "-w"},
    ).covering("f = a w, one sample").derived(TwoLayerNet(1).derivation(entropy(), g))


@claim("mf-B-diff-s.relu", place="Appendix B", rests_on=["mf-B-invariance"], kind="identity")
def derivative_of_the_rescaling_of_a_relu() -> Draft:
    """The same for a ReLU neuron: the output a relu(w) rests along the rescaling, the kink included."""
    return printed("conserved(a*Max(w, 0))", given=["a real", "w real"], flow={"a": "a", "w": "-w"}).covering(
        "f = a relu(w)"
    ).derived(Kink(sympy.Integer(0), sympy.Integer(1)).derivation())


@claim("mf-B-cancel", place="Appendix B, last display", rests_on=["mf-B-eq6", "mf-B-legendre"], kind="dynamics")
def balance_of_neighbours_rests() -> Draft:
    """d(Q_i - Q_{i+1}) = (-<W_i, grad_i> + <W_{i+1}, grad_{i+1}>) dt = 0 by Eq. (6): A and B are the conjugates at the
    gradients, which move at the rates <W, dR'(W)/dt> = -<W, grad>; a, b the weights and p, q the gradients."""
    R: MirrorPotential = entropy()
    return printed(
        "ddt(A - B) == -a*p + b*q and ddt(A - B) == 0",
        given=["A real", "B real", "a real", "b real", "p real", "q real", "a*p == b*q"],
        flow={"A": "-a*p", "B": "-b*q"},
    ).derived(TwoLayerNet(1).derivation(R, g))
