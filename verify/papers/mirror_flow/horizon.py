"""Sections 1, 3 and 4: horizon functions, what "asymptotically homogeneous" means, and the radial inequality.

D stands for Q(R'(theta)). A separable statement in one coordinate is the statement; T and S are the sums over the
coordinates of |theta_i|^p and theta_i^2.
"""

from __future__ import annotations

import sympy

from theory.any_potential import AnyPotential
from theory.clock import Clock
from theory.growth import Growth
from theory.horizon import Horizon
from theory.potentials import MirrorPotential
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.mirror_flow.potentials import ENTROPY, SMOOTHED, entropy, lam, smoothed_above_two, x

e = sympy.Symbol("e", positive=True)
PAIR = ["x > 0", "y > 0", "a > 0", "b > 0"]


def power() -> MirrorPotential:
    """|theta|^p/p at p = 1 + e."""
    return MirrorPotential(sympy.Abs(x) ** (1 + e) / (1 + e), x)


@claim("mf-intro-phi-def", place="Section 1", rests_on=["mf-lem-2.5"], kind="definition")
def horizon_as_a_limit_from_both_sides() -> Draft:
    """phi(theta) = lim_{eta -> 0} eta (alpha Q(R'(theta/eta)))^(1/alpha) exists; for the entropy, theta = 1."""
    return (
        printed("limit(eta*sqrt((1/eta)**2 + lam), eta, 0) == 1", given=["lam > 0"])
        .corrected(
            'limit(eta*sqrt((1/eta)**2 + lam), eta, 0, "+") == 1',
            mend="added hypothesis",
            note="The limit must be taken from the right: from the left it is the negative of the value at -theta.",
            covering="hyperbolic entropy",
        )
        .derived(Horizon(entropy()).derivation())
    )


@claim("mf-intro-phi-def.powers", place="Section 1", rests_on=["mf-lem-2.5"], kind="definition")
def horizon_of_the_powers_from_both_sides() -> Draft:
    """The same for R = |theta|^p/p, theta = 1."""
    scaled = "eta*((p - 1)*abs(1/eta)**p)**(1/p)"
    return (
        printed(f"limit({scaled}, eta, 0) == (p - 1)**(1/p)", given=["p > 1"])
        .corrected(
            f'limit({scaled}, eta, 0, "+") == (p - 1)**(1/p)',
            mend="added hypothesis",
            note="The limit must be taken from the right.",
            covering="R = |theta|^p/p",
        )
        .derived(Horizon(power()).derivation())
    )


@claim("mf-intro-phi-pnorm", place="Section 1", rests_on=["mf-intro-phi-def"], kind="identity")
def horizon_of_the_powers() -> Draft:
    """For R = |theta|_p^p/p the horizon function is |theta|_p, alpha = p; D = (1 - 1/p) |theta|_p^p."""
    scaled = 'limit(eta*(p*(1 - 1/p)*T/eta**p)**(1/p), eta, 0, "+")'
    return (
        printed(f"{scaled} == T**(1/p)", given=["T > 0", "p > 1"])
        .corrected(
            f"{scaled} == (p - 1)**(1/p)*T**(1/p)",
            mend="constant",
            note="It is (p-1)^(1/p) |theta|_p, as Table 1 has it; the two agree at p = 2 alone.",
        )
        .derived(Horizon(power()).derivation())
    )


@claim("mf-intro-same-maxmargin", place="Section 1", rests_on=["mf-tab1-hyp-phi"], kind="existence")
def same_horizon_same_limit() -> Draft:
    """Potentials with the same horizon function drive the flow to the same solution: f = a x^2 + b y^2, the entropies
    with the parameters l and m, the same start.

    Along the flow asinh(sqrt(l)/x)/(sqrt(l) a) - asinh(sqrt(l)/y)/(sqrt(l) b) rests, and the coordinate that has the
    smaller of the two runs away first; its axis is the limit of the direction.
    """
    first = "asinh(sqrt({0})/x)/(sqrt({0})*a) < asinh(sqrt({0})/y)/(sqrt({0})*b)"
    return (
        printed(f"implies({first.format('l')}, {first.format('m')})", given=[*PAIR, "l > 0", "m > 0"])
        .corrected(
            'limit(eta*(sqrt((x/eta)**2 + l) + sqrt((y/eta)**2 + l)), eta, 0, "+")'
            ' == limit(eta*(sqrt((x/eta)**2 + m) + sqrt((y/eta)**2 + m)), eta, 0, "+")',
            mend="weaker conclusion",
            given=["x > 0", "y > 0", "l > 0", "m > 0"],
            note="They share the constrained problem; which of its KKT points is reached depends on the parameter.",
            covering="hyperbolic entropies, two coordinates of positive sign",
        )
        .derived(Horizon(entropy()).derivation())
    )


@claim("mf-intro-same-maxmargin.invariant", place="Section 1", rests_on=["mf-tab1-hyp-Q"], kind="dynamics")
def invariant_of_two_squares() -> Draft:
    """What decides the limit of f = a x^2 + b y^2 under the entropy: asinh(sqrt(l)/x)/a - asinh(sqrt(l)/y)/b rests."""
    return printed(
        "conserved(asinh(sqrt(l)/x)/a - asinh(sqrt(l)/y)/b)",
        given=[*PAIR, "l > 0", "g > 0"],
        flow={"x": "g*2*a*x*sqrt(x**2 + l)", "y": "g*2*b*y*sqrt(y**2 + l)"},
    ).covering("f = a x^2 + b y^2, hyperbolic entropy").derived(
        Clock(entropy(), -sympy.asinh(sympy.sqrt(lam) / x) / sympy.sqrt(lam)).derivation()
    )


@claim("mf-horizon-levelset", place="Section 3, Mirror potentials", rests_on=["mf-intro-phi-def"], kind="limit")
def level_sets_far_out() -> Draft:
    """The horizon function is the shape of the level sets of R far out: R(s a) + R(s b) against R(s c) + R(s d) tends
    to (|a| + |b|)/(|c| + |d|), for the entropy; here c = 1 and d = 0."""
    R = "({0}*asinh({0}/sqrt(lam)) - sqrt(({0})**2 + lam))"
    quotient = f"({R.format('(s*a)')} + {R.format('(s*b)')})/({R.format('s')} - sqrt(lam))"
    return (
        printed(f"limit({quotient}, s, oo) == a + b", given=["a > 0", "b > 0", "lam > 0"])
        .covering("hyperbolic entropy, two coordinates of positive sign")
        .derived(Growth(entropy().potential, x).derivation())
    )


@claim("mf-horizon-levelset.smoothed", place="Section 3", rests_on=["mf-intro-phi-def"], kind="limit")
def level_sets_of_the_smoothed_potential_far_out() -> Draft:
    """The same for the smoothed potential with p > 2: R(s theta)/s^p tends to phi(theta)^p/(p (p-1))."""
    return (
        printed("limit((s**p*T/p + lam/2*s**2*S)/s**p, s, oo) == T/p", given=["T > 0", "S > 0", "p > 2", "lam >= 0"])
        .covering("smoothed potential with p > 2")
        .derived(Growth(smoothed_above_two().potential, x).derivation())
    )


@claim("mf-def-asymp-homog", place="Definition 4.1; Assumption 4.4; Appendix C", kind="definition")
def asymptotically_homogeneous() -> Draft:
    """R is asymptotically alpha-homogeneous: alpha = 1 for the entropy, alpha = p for the smoothed potential."""
    of_R = printed("bigtheta(R, abs(x), x, oo)", given=["x real", "lam > 0"], where={"R": ENTROPY})
    of_smoothed = printed(
        "bigtheta(R, abs(x)**p, x, oo)", given=["x real", "p >= 2", "lam >= 0"], where={"R": SMOOTHED}
    )
    of_dual = printed(
        "bigtheta(sqrt(x**2 + lam), x, x, oo) and bigtheta((1 - 1/p)*abs(x)**p + lam/2*x**2, abs(x)**p, x, oo)",
        given=["x real", "p >= 2", "lam >= 0"],
    )
    return ill_posed(
        "The property is nowhere defined. Said of R, it is not true of the entropy, which grows like |theta|"
        " log|theta|; said of Q(R'), it is true of both rows of Table 1, and that is what the proofs need.",
        readings=[
            ("R(theta)/|theta| has a positive finite limit: entropy", of_R),
            ("R(theta)/|theta|^p has a positive finite limit: smoothed potential", of_smoothed),
            ("Q(R'(theta)) has one: both rows", of_dual),
        ],
    ).derived(Growth(entropy().dual_at_gradient, x).derivation())


@claim("mf-asm-4.4-def", place="Assumption 4.4", rests_on=["mf-lem-2.5"], kind="definition")
def radial_inequality_as_monotonicity() -> Draft:
    """alpha D >= |theta|^2 in the metric R'' says that D(s theta)/s^alpha never rises with s: D' = s H along a ray, H
    the value of R'' on the direction."""
    return printed(
        "ddt(D/s**alpha) == -(alpha*D - s**2*H)/s**(alpha + 1)",
        given=["s > 0", "D real", "H >= 0", "alpha >= 1"],
        flow={"s": "1", "D": "s*H"},
    ).derived(AnyPotential().derivation())


@claim("mf-asm-4.4-def.cosh", place="Assumption 4.4", kind="definition")
def a_potential_without_the_radial_inequality() -> Draft:
    """The assumption restricts: R = cosh - 1 has it for no alpha, since it fails at every theta >= alpha."""
    return printed("alpha*(x*sinh(x) - cosh(x) + 1) < x**2*cosh(x)", given=["alpha >= 1", "x >= alpha"]).covering(
        "R = cosh - 1"
    ).derived(MirrorPotential(sympy.cosh(x) - 1, x).derivation())


@claim("mf-asm-4.4-def.horizon", place="Assumption 4.4", rests_on=["mf-asm-4.4-def"], kind="inequality")
def conjugate_above_the_horizon() -> Draft:
    """Under the assumption alpha D >= phi^alpha: for the two rows of Table 1."""
    return (
        printed(
            "sqrt(x**2 + lam) >= abs(x) and p*((1 - 1/p)*abs(x)**p + lam/2*x**2) >= (p - 1)*abs(x)**p",
            given=["x real", "p >= 2", "lam >= 0"],
        )
        .covering("Table 1")
        .derived(Horizon(smoothed_above_two()).derivation())
    )
