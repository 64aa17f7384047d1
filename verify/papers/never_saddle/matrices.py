"""Appendix H: products of matrices, where sign flow keeps no balance."""

from __future__ import annotations

from theory.matrix_product import freedom
from theory.steepest_direction import SteepestDirection
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.never_saddle.instances import balance_law


@claim("s4-no-matrix-analogue", place="Section 4, after Definition 4.6", rests_on=["h-l1-balance"], kind="existence")
def no_conserved_quantity_of_a_matrix_product() -> Draft:
    """Sign flow of a column (A, B) times a number C, A, B, C > 0, conserves no smooth function with slope (a, b, c).

    Its velocity at the slopes (g, h) is -(sign(g C), sign(h C), sign(g A + h B)); three slopes do: (1, 1),
    (1, -A/(2 B)) and (1, -2 A/B).
    """

    def rate(g: str, h: str) -> str:
        return f"a*sign({g}*C) + b*sign({h}*C) + c*sign({g}*A + {h}*B) == 0"

    rates = [rate("1", h) for h in ("1", "(-A/(2*B))", "(-2*A/B)")]
    return printed(
        f"implies({' and '.join(rates)}, a == 0 and b == 0 and c == 0)",
        given=["A > 0", "B > 0", "C > 0", "a real", "b real", "c real"],
    ).derived(freedom())


@claim("h-delta", place="Appendix H, display before Table 3", rests_on=["d46-def"], kind="definition")
def change_of_the_balance() -> Draft:
    """Delta = |balance after| - |balance before| is at most 0 where the balance b decays to b exp(-q A), A >= 0."""
    return printed("abs(b*exp(-q*A)) - abs(b) <= 0", given=["b real", "A >= 0", "q >= 1"]).derived(balance_law(2))


@claim("h-delta.labels", place="Appendix H, display before Table 3; Table 3", rests_on=["d46-def"], kind="definition")
def label_of_the_change() -> Draft:
    """Delta_{L_p} is built from q-norms, 1/p + 1/q = 1; Table 3 has the columns Delta_L1 and Delta_L2."""
    return ill_posed(
        "at p = 1 the dual index is infinite, and the q-th power of the q-norm is none",
        [
            ("Delta_L1 is p = 1: some q > 0 is dual to it", printed("1/1 + 1/q == 1", given=["q > 0"])),
            ("the index names the norm: q = 1 is the limit of p/(p - 1) as p -> oo",
             printed("limit(p/(p - 1), p, oo) == 1")),
        ],
    ).derived(SteepestDirection().derivation())  # fmt: skip


@claim("hH1-def", place="Definition H.1", kind="definition")
def sign_stable_training() -> Draft:
    """w exp(-a t) keeps its sign at all times; w - t, w > 0, does not, see t = 2 w. Here one entry of one factor."""
    return (
        printed(
            "sign(w*exp(-a*t)) == sign(w) and implies(w > 0, sign(w - 2*w) != sign(w))",
            given=["w real", "a >= 0", "t >= 0"],
        )
        .covering("examples that have the property and examples that have not")
        .derived(freedom())
    )


@claim("hH1-def.balance", place="Appendix H, text above Definition H.1", rests_on=["h-l1-balance"], kind="dynamics")
def sign_stability_bounds_the_balance() -> Draft:
    """Sign stability could lead to a bound on the invariance: where the entries of a column (A, B) and a number C keep
    their signs, sign flow moves |A| + |B| - |C| by up to the time elapsed, at a rate of size 1 at most.
    """
    rate = "ddt(abs(A) + abs(B) - abs(C))"
    return (
        printed(
            f"{rate} <= 1 and {rate} >= -1",
            given=["A > 0", "B > 0", "C > 0", "g != 0", "h != 0", "g*A + h*B != 0"],
            flow={"A": "-sign(g*C)", "B": "-sign(h*C)", "C": "-sign(g*A + h*B)"},
        )
        .covering("a column of two entries times a number, all positive, no slope zero")
        .derived(freedom())
    )
