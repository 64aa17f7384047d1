"""Lemma 4.5 (E.2): the balance equations |w_i|^q - |w_j|^q along steepest flow with weight decay.

The integrated law of the lemma is stated as the rate ``d z/dt = -q a z`` that its proof derives.
"""

from __future__ import annotations

from collections.abc import Sequence

from theory.balance import Balance
from theory.reparameterizations import DeepDiagonal
from verify.claim import Draft, claim, printed


def steepest(layers: int, slope: str, power: str = "q - 1", decay: str = "a", coupled: bool = False) -> dict[str, str]:
    """The flow of every layer for the slope f'(x) given as text."""
    flow = {}
    for i in range(1, layers + 1):
        others = "*".join(f"w{k}" for k in range(1, layers + 1) if k != i)
        gradient = f"({slope})*{others}"
        if coupled:
            flow[f"w{i}"] = f"-spow({gradient} + {decay}*w{i}, {power})"
        else:
            flow[f"w{i}"] = f"-spow({gradient}, {power}) - {decay}*w{i}"
    return flow


def law(layers: int, q: str = "q", decay: str = "a") -> str:
    """The rate of every balance with the first layer."""

    def pair(j: int) -> str:
        balance = f"abs(w1)**{q} - abs(w{j})**{q}"
        return f"ddt({balance}) == -{q}*{decay}*({balance})"

    return " and ".join(pair(j) for j in range(2, layers + 1))


def weights(layers: int) -> list[str]:
    return [f"w{i} real" for i in range(1, layers + 1)]


def _balance(layers: int, slope: str, given: Sequence[str], q: str = "q") -> Draft:
    power = "q - 1" if q == "q" else str(int(q) - 1)
    draft = printed(law(layers, q), given=[*weights(layers), *given, "a >= 0"], flow=steepest(layers, slope, power))
    return draft.derived(Balance(layers).derivation())


@claim("l45-smooth", place="Lemma 4.5, Eq. (6), q > 1", rests_on=["eq5-flow"], kind="dynamics")
def balance_of_three_layers() -> Draft:
    """For q > 1 and decoupled decay a, d(|w_i|^q - |w_j|^q)/dt = -q a (|w_i|^q - |w_j|^q), at any slope g of f."""
    return _balance(3, "g", ["g real", "q > 1"])


@claim("l45-smooth.two-layers", place="Lemma 4.5, Eq. (6), q > 1", rests_on=["eq5-flow"], kind="dynamics")
def balance_of_two_layers() -> Draft:
    """Two layers under a constant force g: the balance decays at the rate q a."""
    return _balance(2, "g", ["g real", "1 < q <= 2"])


@claim("l45-smooth.square-loss", place="Lemma 4.5, Eq. (6), q > 1", rests_on=["eq5-flow"], kind="dynamics")
def balance_under_the_square_loss() -> Draft:
    """Two layers under f = (x - c)^2/2, whose slope moves with the state: the balance decays at the rate q a."""
    return _balance(2, "w1*w2 - c", ["c real", "1 < q <= 2"])


@claim("l45-q1", place="Lemma 4.5, Eq. (6), q = 1", rests_on=["eq5-flow", "s4-filippov-nonunique"], kind="dynamics")
def balance_of_sign_flow() -> Draft:
    """Sign flow of two layers under f = (x - c)^2/2 keeps the law along every Filippov solution."""
    return _balance(2, "w1*w2 - c", ["c real"], q="1").corrected(
        mend="added hypothesis",
        given=["w1 real", "w2 real", "c real", "a >= 0", "w1 != 0", "w2 != 0"],
        note="Where a layer is zero the inclusion lets it stay there while the other layers move (c = 0: the minimum"
        " itself lies on the axes); away from zeros the law holds, sliding along f' = 0 included.",
    )


@claim("l45-q1.three-layers", place="Lemma 4.5, Eq. (6), q = 1", rests_on=["eq5-flow"], kind="dynamics")
def balance_of_sign_flow_of_three_layers() -> Draft:
    """Sign flow of three layers under a constant force keeps the law along every Filippov solution."""
    return _balance(3, "g", ["g != 0"], q="1").corrected(
        mend="added hypothesis",
        given=["w1 real", "w2 real", "w3 real", "g != 0", "a >= 0", "w1 != 0", "w2 != 0", "w3 != 0"],
        note="At w1 = w2 = 0 the inclusion contains directions that move w3 alone.",
    )


@claim("l45-crossing", place="Lemma 4.5, Eq. (6), q = 1", rests_on=["l45-q1"], kind="dynamics")
def balance_through_crossings() -> Draft:
    """Sign flow of two layers under a constant force: the law persists through zeros of single layers."""
    return _balance(2, "g", ["g != 0"], q="1")


@claim("l45-coupled", place="Lemma 4.5, 'with weight decay'", rests_on=["eq5-flow"], kind="dynamics")
def balance_under_coupled_decay() -> Draft:
    """The law for coupled decay, where the penalty's gradient a w_i stands inside the sign and the power."""
    given = ["w1 real", "w2 real", "g real", "a >= 0"]
    return (
        printed(law(2), given=[*given, "1 < q <= 2"], flow=steepest(2, "g", coupled=True))
        .corrected(
            law(2, "2"),
            mend="added hypothesis",
            given=given,
            flow=steepest(2, "g", "1", coupled=True),
            note="For q = 2 the two kinds of decay coincide; for other q the law needs the decoupled one.",
        )
        .derived(Balance(2).derivation())
    )


@claim("e2-proof-line2", place="Lemma E.2, proof, first display, second line", rests_on=["l45-smooth"], kind="identity")
def second_line_of_the_rate() -> Draft:
    """The rate of the balance, its data terms written without the factor q."""
    data = [f"spow(w{i}, q - 1)*spow(g*w{j}, q - 1)" for i, j in ((1, 2), (2, 1))]
    return printed(
        f"ddt(abs(w1)**q - abs(w2)**q) == -{data[0]} + {data[1]} - q*a*(abs(w1)**q - abs(w2)**q)",
        given=["w1 real", "w2 real", "g real", "a >= 0", "1 < q <= 2"],
        flow=steepest(2, "g"),
    ).derived(Balance(2).derivation())


@claim("e2-proof-line2.one-layer", place="Lemma E.2, proof, first display", rests_on=["l45-smooth"], kind="identity")
def rate_of_one_layer() -> Draft:
    """The same line layer by layer: d|w_1|^q/dt without the factor q on the data term."""

    def line(factor: str) -> str:
        return f"ddt(abs(w1)**q) == -{factor}spow(w1, q - 1)*spow(g*w2, q - 1) - q*a*abs(w1)**q"

    return (
        printed(line(""), given=["w1 real", "w2 real", "g real", "a >= 0", "1 < q <= 2"], flow=steepest(2, "g"))
        .corrected(
            line("q*"), mend="constant", note="The factor q is lost; it cancels in the difference of two layers."
        )
        .derived(Balance(2).derivation())
    )


@claim("e2-proof-cancel", place="Lemma E.2, proof, second display", rests_on=["l45-q1"], kind="identity")
def data_terms_are_equal() -> Draft:
    """s(w_i) s(df/dw_i) = s(x) s(f'(x)) for every layer, s(u) = sign(u)|u|^(q-1)."""
    return printed(
        "spow(w1, q - 1)*spow(g*w2*w3, q - 1) == spow(w1*w2*w3, q - 1)*spow(g, q - 1)",
        given=["w1 real", "w2 real", "w3 real", "g real", "1 <= q <= 2"],
    ).derived(Balance(2).derivation())


@claim("e2-proof-cancel.middle", place="Lemma E.2, proof, second display", rests_on=["l45-q1"], kind="identity")
def middle_line_of_the_cancellation() -> Draft:
    """The middle line of the chain, sign(w_i) sign(P) |P|^(q-1) sign(f') with P the product of the other layers."""
    left = "spow(w1, q - 1)*spow(g*w2*w3, q - 1)"
    return (
        printed(
            f"{left} == sign(w1)*spow(w2*w3, q - 1)*sign(g)",
            given=["w1 real", "w2 real", "w3 real", "g real", "1 <= q <= 2"],
        )
        .corrected(
            f"{left} == spow(w1, q - 1)*spow(w2*w3, q - 1)*spow(g, q - 1)",
            mend="misprint",
            note="The powers of |w_i| and |f'| are missing.",
        )
        .derived(Balance(2).derivation())
    )


@claim("e2-linear-ode", place="Lemma E.2, proof, last lines", kind="dynamics")
def linear_equation() -> Draft:
    """z' = -q a z has the solution z_0 exp(-q a t): z exp(q a t) is conserved."""
    return printed(
        "conserved(z*exp(q*a*t))", given=["z real", "t real", "q >= 1", "a >= 0"], flow={"z": "-q*a*z", "t": "1"}
    ).derived(Balance(2).derivation())


@claim("chain-dx", place="Theorem E.3, proof, first display", rests_on=["eq5-flow"], kind="dynamics")
def velocity_of_the_product() -> Draft:
    """Without decay x' = -(sum_i |prod_{j != i} w_j|^q) sign(f') |f'|^(q-1)."""
    return printed(
        "ddt(w1*w2*w3) == -(abs(w2*w3)**q + abs(w1*w3)**q + abs(w1*w2)**q)*spow(g, q - 1)",
        given=["w1 real", "w2 real", "w3 real", "g real", "1 < q <= 2"],
        flow=steepest(3, "g", decay="0"),
    ).derived(DeepDiagonal(3).derivation())


@claim("d33-preserved", place="Definition 3.3 and the text below it", kind="dynamics")
def balance_of_gradient_flow() -> Draft:
    """Gradient flow of f(m w) preserves m^2 - w^2."""
    return printed(
        "conserved(m**2 - w**2)", given=["m real", "w real", "g real"], flow={"m": "-g*w", "w": "-g*m"}
    ).derived(Balance(2).derivation())


@claim("t416-h", place="Theorem 4.16, proof", rests_on=["eq5-flow"], kind="identity")
def decay_of_the_product() -> Draft:
    """Decoupled decay of L layers acts on x as h' = L x (here L = 4)."""
    return printed(
        "ddt(w1*w2*w3*w4) == -a*4*(w1*w2*w3*w4)",
        given=[*weights(4), "a >= 0"],
        flow={f"w{i}": f"-a*w{i}" for i in range(1, 5)},
    ).derived(DeepDiagonal(4).derivation())


@claim(
    "disc-gd", place="Section 5 (gradient flow run as gradient descent)", rests_on=["d33-preserved"], kind="asymptotic"
)
def one_step_of_gradient_descent() -> Draft:
    """One step of gradient descent preserves m^2 - w^2."""
    step = "(m - eta*g*w)**2 - (w - eta*g*m)**2"
    return (
        printed(f"{step} == m**2 - w**2", given=["m real", "w real", "g real", "eta > 0"])
        .corrected(
            f"{step} == (1 - eta**2*g**2)*(m**2 - w**2)",
            mend="weaker conclusion",
            note="The balance shrinks by the factor 1 - eta^2 g^2 a step; it is preserved to first order in eta.",
        )
        .derived(Balance(2).derivation())
    )


@claim("conv-coupled-q2", place="Section 4, Table 1, row q = 2", rests_on=["eq5-flow"], kind="identity")
def the_two_decays_at_q2() -> Draft:
    """For q = 2 coupled decay of the penalty a|w|^2/2 is the decoupled decay -a w."""
    return printed("-spow(g*w2 + a*w1, 1) == -spow(g*w2, 1) - a*w1", given=["w1 real", "w2 real", "g real", "a >= 0"])
