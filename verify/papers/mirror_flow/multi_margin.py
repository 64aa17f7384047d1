"""Appendix I, last part: a mirror map of its own for each layer, and the margin that goes with it."""

from __future__ import annotations

import sympy

from theory.margins import LayerwiseQMargin
from verify.claim import Draft, claim, printed

alpha, beta = sympy.symbols("alpha beta", positive=True)


def _derived(draft: Draft) -> Draft:
    return draft.derived(LayerwiseQMargin([alpha, beta]).derivation())


@claim("mf-def-I4", place="Definition I.4", kind="identity")
def two_forms_of_the_multi_margin() -> Draft:
    """For f of degree one in each layer, f(W_1/N_1, ..., W_L/N_L) = f(W_1, ..., W_L)/prod_j N_j with
    N_j = (alpha_j D_j)^(1/alpha_j); f = a sigma(w) with two layers, s = sigma(w)."""
    statement = "(a/n1)*Max(w/n2, 0) == a*Max(w, 0)/(n1*n2)"
    norms = {"n1": "(alpha*D)**(1/alpha)", "n2": "(beta*G)**(1/beta)"}
    given = ["a real", "w real", "alpha >= 1", "beta >= 1"]
    return _derived(
        printed(statement, given=[*given, "D >= 0", "G >= 0"], where=norms).corrected(
            statement,
            mend="added hypothesis",
            given=[*given, "D > 0", "G > 0"],
            note="The conjugates must be positive: they vanish at W_j = 0 for the powers.",
            covering="two layers",
        )
    )


@claim("mf-def-I4.layers", place="Definition I.4", kind="identity")
def one_layer_after_the_other() -> Draft:
    """For any number of layers, one after the other: scaling one more layer by 1/n takes q/P to (1/n) (q/P) = q/(P
    n)."""
    return printed("(1/n)*(q/P) == q/(P*n)", given=["q real", "P > 0", "n > 0"]).derived(
        LayerwiseQMargin([alpha, beta]).derivation()
    )


@claim(
    "mf-I-multi-opt", place="Appendix I, last display", kind="equivalence",
    rests_on=["mf-def-I4", "mf-I-multi-opt.layers", "mf-I-multi-opt.kkt"],
)  # fmt: skip
def program_of_the_multi_margin() -> Draft:
    """min sum_j phi_j^2/2 where q_i >= 1 has the directions of largest q/prod_j phi_j. Under rescaling of the layers by
    c, 1/c, which leaves q alone, the sum is at least 2 phi_1 phi_2/2 and is so at c = sqrt(phi_2/phi_1)."""
    return _derived(
        printed(
            "((c*u)**2 + (v/c)**2)/2 >= u*v and ((k*u)**2 + (v/k)**2)/2 == u*v",
            given=["u > 0", "v > 0", "c > 0"],
            where={"k": "sqrt(v/u)"},
        ).covering("two layers")
    )


@claim("mf-I-multi-opt.layers", place="Appendix I, last display", kind="inequality")
def program_of_the_multi_margin_with_one_layer_more() -> Draft:
    """With one layer more the bound persists: n layers of squared horizons n s or more, s the n-th root of their
    product, and one more, u, have at least (n + 1) (u s^n)^(1/(n + 1)), with equality where u = s."""
    bound = "(n + 1)*(u*s**n)**(1/(n + 1))"
    return printed(
        f"u + n*s >= {bound} and s + n*s == (n + 1)*(s*s**n)**(1/(n + 1))", given=["u >= 0", "s >= 0", "n >= 1 integer"]
    ).derived(LayerwiseQMargin([alpha, beta]).derivation())


@claim("mf-I-multi-opt.kkt", place="Appendix I, last display", rests_on=["mf-euler-clarke"], kind="equivalence")
def layers_of_a_kkt_point_are_equal() -> Draft:
    """At a KKT point all phi_j are equal: <W_j, .> of the condition of layer j, phi_j dphi_j = sum l_i h_ij, is
    phi_j^2 = sum l_i q_i by Euler (degree one in each layer), which is sum l_i by slackness. S = sum l_i q_i."""
    return _derived(
        printed(
            "u == v and S == l",
            given=[
                "u > 0",
                "v > 0",
                "S real",
                "l >= 0",
                "q >= 1",
                "S == l*q",
                "l*(q - 1) == 0",
                "u**2 == S",
                "v**2 == S",
            ],
        )
    )


@claim(
    "mf-I-multi-opt.mono", place="Appendix I, Modularity result", kind="inequality",
    rests_on=["mf-eq4-ineq", "mf-asm-4.4-def", "mf-D1-CS"],
)  # fmt: skip
def soft_multi_margin_never_falls() -> Draft:
    """The soft form of the multi-Q-margin never falls, whatever the maps of the layers: d log of it is the sum over the
    layers of v/nu - u/(alpha D), v the square of the layer's speed and u = <W, d R'/dt>, which is at least nu since f
    has the degree one in the layer; each of the terms is at least 0, by u^2 <= m v and m <= alpha D."""
    return _derived(
        printed(
            "v/nu - u/(alpha*D) >= 0",
            given=["alpha >= 1", "nu > 0", "u >= nu", "v real", "m > 0", "u**2 <= m*v", "D real", "alpha*D >= m"],
        )
    )
