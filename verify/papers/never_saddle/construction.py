"""Theorem G.1: a separable steepest mirror flow as a reparameterized steepest flow.

H is R'' at a point, s = sign(f') |f'|^(q-1), and the flow of x is x' = -s/H.
"""

from __future__ import annotations

from theory.flattening import FlatteningVariable
from verify.claim import Draft, claim, printed

GIVEN = ["H > 0", "q >= 1"]


@claim("g1-exponent", place="Theorem G.1, proof, last display", rests_on=["g1-chain"], kind="identity")
def exponent_vanishes() -> Draft:
    """The exponent 1/q - 1 - (q-1)/q of R'' vanishes."""
    return (
        printed("1/q - 1 - (q - 1)/q == 0", given=["q >= 1"])
        .corrected(
            "1/q - 1 + (q - 1)/q == 0", mend="sign", note="|f'|^(q-1) = H^((q-1)/q) |df/dz|^(q-1) adds, not subtracts."
        )
        .derived(FlatteningVariable().derivation())
    )


@claim("g1-exponent.flow", place="Theorem G.1, proof, last display", rests_on=["g1-chain"], kind="identity")
def flow_in_the_new_variable() -> Draft:
    """z' = -sign(df/dz) |df/dz|^(q-1) for df/dz = H^(-1/q) f'."""
    return printed("H**(1/q)*(-spow(g, q - 1)/H) == -spow(H**(-1/q)*g, q - 1)", given=["g real", *GIVEN]).derived(
        FlatteningVariable().derivation()
    )


@claim("g1-chain", place="Theorem G.1, proof", kind="identity")
def slope_in_the_new_variable() -> Draft:
    """df/dz = H^(-1/q) f', as dz/dx = H^(1/q)."""
    return printed("g/H**(1/q) == H**(-1/q)*g", given=["g real", *GIVEN]).derived(FlatteningVariable().derivation())


@claim("g1-dz", place="Theorem G.1, proof, second display", rests_on=["g1-z"], kind="identity")
def motion_of_the_new_variable() -> Draft:
    """dz = -H^(1/q) dx = -H^(1/q-1) sign(f') |f'|^(q-1) dt, with dz = H^(1/q) dx by the chain rule."""
    where = {"dx": "-spow(g, q - 1)/H", "dz": "H**(1/q)*dx", "last": "-H**(1/q - 1)*spow(g, q - 1)"}
    return (
        printed("dz == -H**(1/q)*dx and -H**(1/q)*dx == last", given=["g real", *GIVEN], where=where)
        .corrected("dz == H**(1/q)*dx and H**(1/q)*dx == last", mend="sign", note="The first minus sign is too many.")
        .derived(FlatteningVariable().derivation())
    )


@claim("g1-z.square", place="Theorem G.1, proof, first display", kind="identity")
def new_variable_of_the_square() -> Draft:
    """For q = 2 and R'' = 1/(2 |x|), x > 0, the new variable z = sqrt(2 x) has dz/dx = sqrt(R'')."""
    draft = printed("diff(sqrt(2*x), x) == (1/(2*abs(x)))**(1/2)", given=["x > 0"])
    return draft.covering("q = 2, R'' = 1/(2 |x|), x > 0").derived(FlatteningVariable().derivation())


@claim("g1-z", place="Theorem G.1, proof, first display", rests_on=["d41-coercive"], kind="identity")
def new_variable_increases() -> Draft:
    """dz/dx = H^(1/q) is positive, H = R'' > 0, so z is invertible; the bound H <= 1/mu of the coercivity only keeps
    it from growing fast, H^(1/q) <= mu^(-1/q).
    """
    return printed("H**(1/q) > 0 and H**(1/q) <= mu**(-1/q)", given=[*GIVEN, "mu > 0", "H <= 1/mu"]).derived(
        FlatteningVariable().derivation()
    )


@claim("g-all-separable", place="Section 4, before Theorem 4.3", rests_on=["g1-statement"], kind="existence")
def every_separable_flow_is_reparameterized() -> Draft:
    """All separable steepest mirror flows have a reparameterization x = g(z), g in C^1.

    The speed of x per unit of force, |g'|^q in z, is 1/R''; for the Legendre function R = x^4/4 it is 1/(3 x^2).
    """
    return (
        printed("limit((1/diff(x**4/4, x, 2))**(1/q), x, 0) < oo", given=["x real", "q >= 1"])
        .corrected(
            "H**(1/q) > 0 and H**(1/q)*(-spow(g, q - 1)/H) == -spow(H**(-1/q)*g, q - 1)",
            mend="added hypothesis",
            given=["g real", *GIVEN],
            note="R'' > 0 is needed, as the coercivity of Theorem G.1 gives it. Then z increases and its flow is the"
            " steepest one; z may cover an interval alone, so that g is defined there and not on the line.",
        )
        .derived(FlatteningVariable().derivation())
    )
