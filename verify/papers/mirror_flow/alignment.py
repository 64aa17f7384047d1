"""Appendix H: how fast reaching the margin depends on the smoothing.

N = (alpha Q)^(1/alpha), P = phi; N >= k (log t)^(1/L) is what Theorem 4.6 gives. The relative difference is (N - P)/N.
"""

from __future__ import annotations

import sympy

from theory.alignment import Alignment
from theory.exponential_loss import ExponentialLoss
from theory.potentials import MirrorPotential
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.mirror_flow.potentials import entropy, lam, x

L = sympy.Symbol("L", positive=True)
e = sympy.Symbol("e", positive=True)
BETWEEN = ["P >= 0", "N > 0", "a > 0", "c >= 1", "P <= N", "N <= c*P + a"]


def of_entropy() -> Alignment:
    """c = 1 and a = n sqrt(lam)."""
    return Alignment(entropy(), sympy.Integer(0), sympy.sqrt(lam))


def of_smoothed() -> Alignment:
    """The smoothed potential at p = 2 + e: c^p = 1 + p lam/(2 (p-1)) and a^p = n p lam/2."""
    p = 2 + e
    potential = MirrorPotential(sympy.Abs(x) ** p / p + lam / 2 * x**2, x)
    return Alignment(potential, p * lam / (2 * (p - 1)), p * lam / 2)


@claim("mf-asm-H1", place="Assumption H.1", kind="definition")
def conjugate_between_multiples_of_the_horizon() -> Draft:
    """phi <= (alpha Q)^(1/alpha) <= c phi + a: the entropy has it; the entropy with a constant k > sqrt(lam) added to
    R, which moves as the entropy does, has not (theta = 0)."""
    return printed(
        "abs(x) <= sqrt(x**2 + lam) and sqrt(x**2 + lam) <= 1*abs(x) + sqrt(lam) and sqrt(0**2 + lam) - k < 0",
        given=["x real", "lam > 0", "k > sqrt(lam)"],
    ).derived(of_entropy().derivation(L))


@claim(
    "mf-lem-H2", place="Lemma H.2", kind="asymptotic",
    rests_on=["mf-asm-H1", "mf-thm-4.6-Q-le2", "mf-thm-4.6-Q-gt2", "mf-H2-display"],
)  # fmt: skip
def relative_difference_after_a_time() -> Draft:
    """Under Assumption H.1 the relative difference is O(1) after the time exp(a^L): it is at most (c - 1) + 1/k."""
    return printed(
        "(N - P)/N <= (c - 1) + 1/k",
        given=[*BETWEEN, "L > 0", "k > 0", "M >= a", "N >= k*M"],
    ).derived(of_entropy().derivation(L))


@claim("mf-lem-H2.below-one", place="Lemma H.2", rests_on=["mf-asm-H1"], kind="inequality")
def relative_difference_stays_below_one() -> Draft:
    """More than is printed: for k > 1 the relative difference is at most 1 - (1 - 1/k)/c, below one, and that is at
    most the bound (c - 1) + 1/k."""
    return printed(
        "(N - P)/N <= 1 - (1 - 1/k)/c and 1 - (1 - 1/k)/c <= (c - 1) + 1/k",
        given=[*BETWEEN, "k > 0", "M >= a", "N >= k*M"],
    ).derived(of_entropy().derivation(L))


@claim("mf-lem-H2.constant", place="Lemma H.2, proof", rests_on=["mf-B0"], kind="inequality")
def constant_does_not_depend_on_the_smoothing() -> Draft:
    """The constant of N^L >= log(1/F)/B can be taken from the horizon, so the same for all lambda: N >= P and the least
    output q, at least z = log(1/F), is at most B P^L."""
    return printed(
        "z <= B*N**L", given=["L > 0", "B > 0", "P > 0", "N >= P", "z > 0", "q >= z", "q <= B*P**L"]
    ).derived(ExponentialLoss(1, L).derivation())


@claim("mf-lem-H2.time", place="Lemma H.2, proof", kind="equivalence")
def time_of_the_threshold() -> Draft:
    """t >= exp(a^L) is M = (log t)^(1/L) >= a."""
    return printed("log(t)**(1/L) >= a", given=["a > 0", "L > 0", "t >= exp(a**L)"]).derived(
        of_entropy().derivation(L)
    )


@claim("mf-lem-H2.any-time", place="Lemma H.2", rests_on=["mf-asm-H1"], kind="inequality")
def relative_difference_at_any_time() -> Draft:
    """The conclusion O(1) of the lemma is true at every time, by the lower bound alone: the difference is at most 1."""
    return printed("0 <= (N - P)/N and (N - P)/N <= 1", given=["P >= 0", "N > 0", "P <= N"]).derived(
        of_entropy().derivation(L)
    )


@claim("mf-H2-display", place="Lemma H.2, proof", rests_on=["mf-asm-H1"], kind="inequality")
def bound_of_the_relative_difference() -> Draft:
    """0 <= (N - P)/N <= (c - 1) + a/N, and 1/N <= 1/(k M) = O((log t)^(-1/L)), M = (log t)^(1/L)."""
    return printed(
        "0 <= (N - P)/N and (N - P)/N <= (c - 1) + a/N and (c - 1) + a/N <= (c - 1) + a/(k*M)",
        given=[*BETWEEN, "k > 0", "M > 0", "N >= k*M"],
    ).derived(of_entropy().derivation(L))


@claim("mf-cor-H3", place="Corollary H.3", rests_on=["mf-lem-H2", "mf-H3-bounds"], kind="asymptotic")
def threshold_of_the_entropy() -> Draft:
    """Entropy: after exp((sqrt(lam) n)^L) the relative difference is O(1), at most 1/k; a = n sqrt(lam), c = 1, alpha =
    1, N and P the sums over n coordinates; t >= exp((sqrt(lam) n)^L) is M >= sqrt(lam) n."""
    return printed(
        "(N - P)/N <= 1/k",
        given=["P >= 0", "N > 0", "lam > 0", "n >= 1 integer", "P <= N", "N <= P + n*sqrt(lam)", "k > 0",
               "M >= sqrt(lam)*n", "N >= k*M"],
    ).derived(of_entropy().derivation(L))  # fmt: skip


@claim("mf-H3-bounds", place="Corollary H.3, proof", rests_on=["mf-tab1-hyp-Q"], kind="inequality")
def bounds_of_the_entropy() -> Draft:
    """|theta| <= sqrt(theta^2 + lam) <= |theta| + sqrt(lam), each of n coordinates."""
    return printed(
        "abs(x) <= sqrt(x**2 + lam) and sqrt(x**2 + lam) <= abs(x) + sqrt(lam)", given=["x real", "lam >= 0"]
    ).derived(of_entropy().derivation(L))


@claim("mf-cor-H4", place="Corollary H.4", rests_on=["mf-lem-H2", "mf-H4-lower", "mf-H4-upper"], kind="asymptotic")
def relative_difference_of_quantities_of_different_degree() -> Draft:
    """After exp((p lam n/2)^(L/p)) the relative difference between Q and phi is O(1); one coordinate x -> oo."""
    dual = "(1 - 1/p)*x**p + lam/2*x**2"
    horizon = "(p - 1)**(1/p)*x"
    root = f"(p*({dual}))**(1/p)"
    given = ["p > 2", "lam >= 0"]
    return ill_posed(
        "Q has the degree p and phi the degree one, and it is not said relative to which the difference is taken.",
        readings=[
            ("relative to phi", printed(f"bigo(({dual} - {horizon})/({horizon}), 1, x, oo)", given=given)),
            ("relative to Q, true of any two such quantities",
             printed(f"bigo(({dual} - {horizon})/({dual}), 1, x, oo)", given=given)),
            ("(p Q)^(1/p) in place of Q, relative to it",
             printed(f"bigo(({root} - {horizon})/{root}, 1, x, oo)", given=given)),
        ],
    ).derived(of_smoothed().derivation(L))  # fmt: skip


@claim("mf-cor-H4.root", place="Corollary H.4", rests_on=["mf-lem-H2", "mf-H4-lower", "mf-H4-upper"], kind="asymptotic")
def threshold_of_the_smoothed_potential() -> Draft:
    """What is meant: from the time on at which M = (log t)^(1/L) >= a = (p lam n/2)^(1/p), the relative difference
    between (p Q)^(1/p) and phi is at most (c - 1) + 1/k with c = (1 + p lam/(2 (p-1)))^(1/p)."""
    return printed(
        "(N - P)/N <= (c - 1) + 1/k",
        given=["P >= 0", "N > 0", "c >= 1", "P <= N", "N <= c*P + (p*lam*n/2)**(1/p)", "k > 0", "N >= k*M",
               "M >= (p*lam*n/2)**(1/p)", "p >= 2", "lam > 0", "n >= 1"],
    ).derived(of_smoothed().derivation(L))  # fmt: skip


@claim("mf-cor-H4.large-smoothing", place="Corollary H.4; Lemma 4.10", kind="asymptotic",
       rests_on=["mf-H4-upper.sum"])  # fmt: skip
def time_for_large_smoothing() -> Draft:
    """The constant behind O(1) does not depend on lambda, p > 2: so the relative difference stays away from one after
    that time, whatever lambda. At theta = r (1, ..., 1), where N is at least r^(2/p) a, a = (p lam n/2)^(1/p), it is
    1 - ((p-1) r^(p-2)/((p-1) r^(p-2) + p lam/2))^(1/p) for every n; lambda -> oo."""
    leading = "(p - 1)*r**(p - 2)"
    return (
        printed(
            f"limit(1 - ({leading}/({leading} + p*lam/2))**(1/p), lam, oo) < 1", given=["p > 2", "r > 0"]
        )
        .corrected(
            "lam*S <= T",
            mend="replaced",
            given=["p > 2", "lam > 0", "n >= 1", "T > 0", "S >= 0", "S <= n**(1 - 2/p)*T**(2/p)",
                   "T >= n*lam**(p/(p - 2))"],
            note="However large a multiple of a is reached, the difference tends to one with lambda: c grows like"
            " lambda^(1/p). From T = |theta|_p^p >= n lam^(p/(p-2)) on, S = |theta|_2^2, the smoothing lam S is at most"
            " T and (p Q)/phi^p at most 1 + p/(2 (p-1)), whatever lambda: so the time to wait is exp(b^L) with b of the"
            " order n^(1/p) lam^(1/(p-2)), which exceeds a for lam > 1; for lam <= 1 the printed one is enough.",
        )
        .derived(of_smoothed().derivation(L))
    )  # fmt: skip


@claim("mf-H4-lower", place="Corollary H.4, proof", rests_on=["mf-tab1-hom-Q"], kind="inequality")
def lower_bound_of_the_smoothed_potential() -> Draft:
    """p Q >= (p-1) |theta|_p^p, and its p-th root."""
    return printed(
        "p*((1 - 1/p)*T + lam/2*S) >= (p - 1)*T and (p*((1 - 1/p)*T + lam/2*S))**(1/p) >= ((p - 1)*T)**(1/p)",
        given=["T >= 0", "S >= 0", "lam >= 0", "p >= 2"],
    ).derived(of_smoothed().derivation(L))


@claim("mf-H4-z2", place="Corollary H.4, proof", kind="inequality")
def square_by_a_power() -> Draft:
    """z^2 <= |z|^p + 1 for p >= 2."""
    return printed("z**2 <= abs(z)**p + 1", given=["z real", "p >= 2"]).derived(of_smoothed().derivation(L))


@claim("mf-H4-upper", place="Corollary H.4, proof", rests_on=["mf-H4-upper.sum"], kind="inequality")
def upper_bound_of_the_smoothed_potential() -> Draft:
    """(p Q)^(1/p) <= ((p - 1 + p lam/2)/(p-1))^(1/p) (1-p)^(1/p) |theta|_p + (p lam n/2)^(1/p); y = |theta|_p, and the
    line before is (p Q)^(1/p) <= ((p - 1 + p lam/2) y^p + p lam n/2)^(1/p)."""
    bound = (
        "((p - 1 + p*lam/2)*y**p + p*lam*n/2)**(1/p) <= ((p - 1 + p*lam/2)/(p - 1))**(1/p)*{0}*y + (p*lam*n/2)**(1/p)"
    )
    return (
        printed(bound.format("(1 - p)**(1/p)"), given=["p >= 2", "lam > 0", "n >= 1", "y >= 0"])
        .corrected(
            "s**p + (1 - s)**p <= 1 and (C*K)**(1/p)*y == C**(1/p)*K**(1/p)*y",
            mend="sign",
            given=["p >= 2", "0 < s", "s < 1", "C > 0", "K > 0", "y >= 0"],
            note="The root is of p - 1. The right-hand side W is the sum of s W = (C K)^(1/p) y and (1 - s) W = a,"
            " where"
            " C = (p - 1 + p lam/2)/(p-1), K = p - 1; so W^p is at least the sum of their powers.",
            covering="y > 0",
        )
        .derived(of_smoothed().derivation(L))
    )


@claim("mf-H4-upper.sum", place="Corollary H.4, proof", rests_on=["mf-tab1-hom-Q", "mf-H4-z2"], kind="inequality")
def sum_of_the_upper_bounds() -> Draft:
    """(p-1) T + (p lam/2) S <= (p - 1 + p lam/2) T + p lam n/2, since S <= T + n."""
    return printed(
        "(p - 1)*T + p*lam/2*S <= (p - 1 + p*lam/2)*T + p*lam*n/2",
        given=["T >= 0", "S >= 0", "n >= 1 integer", "lam >= 0", "p >= 2", "S <= T + n"],
    ).derived(of_smoothed().derivation(L))
