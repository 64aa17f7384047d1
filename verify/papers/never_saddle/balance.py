"""Lemma 4.5 (E.2): the balance equations |w_i|^q - |w_j|^q along steepest flow with weight decay.

The integrated law of the lemma is stated as the rate ``d z/dt = -q a z`` that its proof derives, at an instant: the
decay a is what it is then. For any depth a statement takes two of the layers, w1 and w2 (or one, w), and r (or P), the
product of all the others, which moves at an arbitrary velocity v. The slope g of the loss may be any number at each
instant; where the right-hand side jumps with it, it is one more variable that moves at an arbitrary velocity u.
"""

from __future__ import annotations

from collections.abc import Sequence

from theory.adaptive import DecayedStep
from theory.matrix_product import MatrixProduct
from theory.reparameterizations import DeepDiagonal
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.never_saddle.instances import balance_law


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


def pair(power: str = "q - 1", decay: str = "a", coupled: bool = False) -> dict[str, str]:
    """The flow of two layers of a product of any depth, r being the product of the other layers."""
    flow = {}
    for own, other in (("w1", "w2"), ("w2", "w1")):
        if coupled:
            flow[own] = f"-spow(g*{other}*r + {decay}*{own}, {power})"
        else:
            flow[own] = f"-spow(g*{other}*r, {power}) - {decay}*{own}"
    return {**flow, "r": "v"}


PAIR = ["w1 real", "w2 real", "r real", "v real", "g real", "a >= 0"]
SLOPE = {"g": "u"}


def law(layers: int, q: str = "q", decay: str = "a") -> str:
    """The rate of every balance with the first layer."""

    def with_first(j: int) -> str:
        balance = f"abs(w1)**{q} - abs(w{j})**{q}"
        return f"ddt({balance}) == -{q}*{decay}*({balance})"

    return " and ".join(with_first(j) for j in range(2, layers + 1))


def weights(layers: int) -> list[str]:
    return [f"w{i} real" for i in range(1, layers + 1)]


def _balance(layers: int, slope: str, given: Sequence[str], q: str = "q") -> Draft:
    power = "q - 1" if q == "q" else str(int(q) - 1)
    draft = printed(law(layers, q), given=[*weights(layers), *given, "a >= 0"], flow=steepest(layers, slope, power))
    return draft.derived(balance_law(layers))


@claim("l45-smooth", place="Lemma 4.5, Eq. (6), q > 1", rests_on=["eq5-flow"], kind="dynamics")
def balance_of_three_layers() -> Draft:
    """Three layers: d(|w_i|^q - |w_j|^q)/dt = -q a (|w_i|^q - |w_j|^q) for every q > 1, at any slope g of f."""
    return _balance(3, "g", ["g real", "q > 1"]).covering("L = 3")


@claim("l45-smooth.any-depth", place="Lemma 4.5, Eq. (6), q > 1", rests_on=["eq5-flow"], kind="dynamics")
def balance_of_any_two_layers() -> Draft:
    """At any depth, d(|w_i|^q - |w_j|^q)/dt = -q a (|w_i|^q - |w_j|^q) for every q > 1 and any loss."""
    return printed(law(2), given=[*PAIR, "q > 1"], flow=pair()).derived(balance_law(2))


@claim("l45-smooth.two-layers", place="Lemma 4.5, Eq. (6), q > 1", rests_on=["eq5-flow"], kind="dynamics")
def balance_of_two_layers() -> Draft:
    """Two layers: the balance decays at the rate q a, at any slope g of f."""
    return _balance(2, "g", ["g real", "q > 1"]).covering("L = 2")


@claim("l45-smooth.square-loss", place="Lemma 4.5, Eq. (6), q > 1", rests_on=["eq5-flow"], kind="dynamics")
def balance_under_the_square_loss() -> Draft:
    """Two layers under f = (x - c)^2/2, whose slope moves with the state: the balance decays at the rate q a."""
    return _balance(2, "w1*w2 - c", ["c real", "q > 1"]).covering("L = 2, f = (x - c)^2/2")


@claim("l45-q1", place="Lemma 4.5, Eq. (6), q = 1", rests_on=["eq5-flow", "s4-filippov-nonunique"], kind="dynamics")
def balance_of_sign_flow() -> Draft:
    """Sign flow of two layers under f = (x - c)^2/2 keeps the law along every Filippov solution."""
    return _balance(2, "w1*w2 - c", ["c real"], q="1").corrected(
        mend="added hypothesis",
        given=["w1 real", "w2 real", "c real", "a >= 0", "w1 != 0", "w2 != 0"],
        note="Where a layer is zero the inclusion lets it stay there while the other layers move (c = 0: the minimum"
        " itself lies on the axes); away from zeros the law holds, sliding along f' = 0 included.",
        covering="L = 2, f = (x - c)^2/2",
    )


@claim("l45-q1.any-depth", place="Lemma 4.5, Eq. (6), q = 1", rests_on=["eq5-flow"], kind="dynamics")
def balance_of_any_two_layers_under_sign_flow() -> Draft:
    """Sign flow at any depth, under any loss, keeps the law along every Filippov solution.

    Rest of the other layers (v = 0) is what the inclusion allows at L = 3 too, see the claim on three explicit layers.
    """
    given = [*PAIR, "u real"]
    return (
        printed(law(2, "1"), given=given, flow={**pair("0"), **SLOPE})
        .corrected(
            mend="added hypothesis",
            given=[*given, "w1 != 0", "w2 != 0"],
            note="The printed law fails where a layer and the product of the others vanish together: the inclusion"
            " lets the first rest there while the second moves. It holds while neither of the two layers is zero,"
            " wherever the slope f' and the other layers pass through zero, or stay there.",
        )
        .derived(balance_law(2))
    )


@claim("l45-q1.three-layers", place="Lemma 4.5, Eq. (6), q = 1", rests_on=["eq5-flow"], kind="dynamics")
def balance_of_sign_flow_of_three_layers() -> Draft:
    """Sign flow of three layers under a constant force keeps the law along every Filippov solution."""
    return _balance(3, "g", ["g != 0"], q="1").corrected(
        mend="added hypothesis",
        given=["w1 real", "w2 real", "w3 real", "g != 0", "a >= 0", "w1 != 0", "w2 != 0", "w3 != 0"],
        note="At w1 = w2 = 0 the inclusion contains directions that move w3 alone.",
        covering="L = 3, constant f'",
    )


@claim("l45-crossing", place="Lemma 4.5, Eq. (6), q = 1", rests_on=["l45-q1"], kind="dynamics")
def balance_through_crossings() -> Draft:
    """Sign flow of two layers under a constant force: the law persists through zeros of single layers."""
    return _balance(2, "g", ["g != 0"], q="1").covering("L = 2, constant f'")


@claim("l45-crossing.any-depth", place="Lemma 4.5, Eq. (6), q = 1", rests_on=["l45-q1.any-depth"], kind="dynamics")
def balance_through_crossings_at_any_depth() -> Draft:
    """At any depth and under any loss the law persists while w1 crosses zero alone: w2, the others and f' are not 0."""
    given = [*PAIR, "u real", "w2 != 0", "r != 0", "g != 0"]
    return printed(law(2, "1"), given=given, flow={**pair("0"), **SLOPE}).derived(balance_law(2))


@claim("l45-coupled", place="Lemma 4.5, 'with weight decay'", rests_on=["eq5-flow"], kind="dynamics")
def balance_under_coupled_decay() -> Draft:
    """The law with 'weight decay': coupled, its slope a w_i stands inside the sign and the power, decoupled outside."""
    given = [*PAIR, "1 < q <= 2"]
    return ill_posed(
        "the lemma does not say which weight decay; Eq. (5), the flow above it, has the decoupled one",
        [
            ("decoupled", printed(law(2), given=given, flow=pair())),
            ("coupled", printed(law(2), given=given, flow=pair(coupled=True))),
            ("coupled, q = 2 (there the two coincide)", printed(law(2, "2"), given=PAIR, flow=pair("1", coupled=True))),
        ],
    ).derived(balance_law(2))


@claim("e2-proof-line2", place="Lemma E.2, proof, first display, second line", rests_on=["l45-smooth"], kind="identity")
def second_line_of_the_rate() -> Draft:
    """The rate of the balance, its data terms written without the factor q."""
    data = [f"spow(w{i}, q - 1)*spow(g*w{j}*r, q - 1)" for i, j in ((1, 2), (2, 1))]
    return (
        printed(
            f"ddt(abs(w1)**q - abs(w2)**q) == -{data[0]} + {data[1]} - q*a*(abs(w1)**q - abs(w2)**q)",
            given=[*PAIR, "q > 1"],
            flow=pair(),
        )
        .covering("q > 1")
        .derived(balance_law(2))
    )


@claim("e2-proof-line2.one-layer", place="Lemma E.2, proof, first display", rests_on=["l45-smooth"], kind="identity")
def rate_of_one_layer() -> Draft:
    """The same line layer by layer: d|w|^q/dt without the factor q on the data term, P the product of the others."""

    def line(factor: str) -> str:
        return f"ddt(abs(w)**q) == -{factor}spow(w, q - 1)*spow(g*P, q - 1) - q*a*abs(w)**q"

    given = ["w real", "P real", "v real", "g real", "a >= 0", "q > 1"]
    return (
        printed(line(""), given=given, flow={"w": "-spow(g*P, q - 1) - a*w", "P": "v"})
        .corrected(
            line("q*"),
            mend="constant",
            note="The factor q is lost; it cancels in the difference of two layers.",
            covering="q > 1",
        )
        .derived(balance_law(2))
    )


@claim("e2-proof-cancel", place="Lemma E.2, proof, second display", rests_on=["l45-q1"], kind="identity")
def data_terms_are_equal() -> Draft:
    """s(w_i) s(df/dw_i) = s(x) s(f'(x)) for every layer, s(u) = sign(u)|u|^(q-1), P the product of the others."""
    return printed(
        "spow(w, q - 1)*spow(g*P, q - 1) == spow(w*P, q - 1)*spow(g, q - 1)",
        given=["w real", "P real", "g real", "q >= 1"],
    ).covering("at an instant, sign(0) = 0").derived(balance_law(2))


@claim("e2-proof-cancel.solutions", place="Lemma E.2, proof, below the second display", rests_on=["l45-q1"],
       kind="dynamics")  # fmt: skip
def data_terms_along_solutions() -> Draft:
    """The terms s(w_i) w_i' of all layers are equal along every absolutely continuous solution; here q = 1, no decay,
    two layers under f = (x - c)^2/2.
    """
    given = ["w1 real", "w2 real", "c real"]
    equal = "sign(w1)*ddt(w1) == sign(w2)*ddt(w2)"
    return (
        printed(equal, given=given, flow=steepest(2, "w1*w2 - c", "0", "0"))
        .corrected(
            mend="added hypothesis",
            given=[*given, "w1 != 0", "w2 != 0"],
            note="Where a layer stays at zero, sign is a set there, and the other layers may move: c = 0, w1 = 0.",
            covering="q = 1, L = 2, f = (x - c)^2/2, no decay",
        )
        .derived(balance_law(2))
    )


@claim("e2-proof-cancel.middle", place="Lemma E.2, proof, second display", rests_on=["l45-q1"], kind="identity")
def middle_line_of_the_cancellation() -> Draft:
    """The middle line of the chain, sign(w_i) sign(P) |P|^(q-1) sign(f') with P the product of the other layers."""
    left = "spow(w, q - 1)*spow(g*P, q - 1)"
    return (
        printed(
            f"{left} == sign(w)*spow(P, q - 1)*sign(g)",
            given=["w real", "P real", "g real", "q >= 1"],
        )
        .corrected(
            f"{left} == spow(w, q - 1)*spow(P, q - 1)*spow(g, q - 1)",
            mend="misprint",
            note="The powers of |w_i| and |f'| are missing.",
        )
        .derived(balance_law(2))
    )


@claim("e2-linear-ode", place="Lemma E.2, proof, last lines", kind="dynamics")
def linear_equation() -> Draft:
    """z' = -q a z has the solution z_0 exp(-q A), A the integral of the decay a: z exp(q A) is conserved."""
    return printed(
        "conserved(z*exp(q*A))", given=["z real", "A real", "q >= 1", "a >= 0"], flow={"z": "-q*a*z", "A": "a"}
    ).derived(balance_law(2))


@claim("chain-dx", place="Theorem E.3, proof, first display", rests_on=["eq5-flow"], kind="dynamics")
def velocity_of_the_product() -> Draft:
    """Three layers without decay: x' = -(sum_i |prod_{j != i} w_j|^q) sign(f') |f'|^(q-1)."""
    return (
        printed(
            "ddt(w1*w2*w3) == -(abs(w2*w3)**q + abs(w1*w3)**q + abs(w1*w2)**q)*spow(g, q - 1)",
            given=["w1 real", "w2 real", "w3 real", "g real", "q > 1"],
            flow=steepest(3, "g", decay="0"),
        )
        .covering("L = 3, q > 1")
        .derived(DeepDiagonal(3).derivation())
    )


@claim("chain-dx.any-depth", place="Theorem E.3, proof, first display", rests_on=["eq5-flow"], kind="identity")
def share_of_a_layer_in_the_velocity() -> Draft:
    """At any depth, each term P w' of x' is -|P|^q sign(f') |f'|^(q-1), P the product of the other layers."""
    return printed("P*(-spow(g*P, q - 1)) == -abs(P)**q*spow(g, q - 1)", given=["P real", "g real", "q >= 1"]).derived(
        DeepDiagonal(3).derivation()
    )


@claim("d33-preserved", place="Definition 3.3 and the text below it", kind="dynamics")
def balance_of_gradient_flow() -> Draft:
    """Gradient flow of f(m w) preserves m^2 - w^2."""
    return printed(
        "conserved(m**2 - w**2)", given=["m real", "w real", "g real"], flow={"m": "-g*w", "w": "-g*m"}
    ).derived(balance_law(2))


@claim("d33-preserved.matrices", place="text after Definition 3.3", kind="dynamics")
def balance_of_a_matrix_product() -> Draft:
    """Gradient flow of f(V W) preserves W W^T - V^T V; here an entry on and one off the diagonal, G the slope of f."""
    flow = {f"w{i}{j}": f"-(v1{i}*g1{j} + v2{i}*g2{j})" for i in (1, 2) for j in (1, 2)}
    flow |= {f"v{i}{j}": f"-(g{i}1*w{j}1 + g{i}2*w{j}2)" for i in (1, 2) for j in (1, 2)}
    return (
        printed(
            "conserved(w11**2 + w12**2 - v11**2 - v21**2) and conserved(w11*w21 + w12*w22 - v11*v12 - v21*v22)",
            given=[f"{n}{i}{j} real" for n in "wvg" for i in (1, 2) for j in (1, 2)],
            flow=flow,
        )
        .covering("2 x 2 matrices")
        .derived(MatrixProduct(2, 2, 2).derivation())
    )


@claim("t416-h", place="Theorem 4.16, proof", rests_on=["eq5-flow"], kind="identity")
def decay_of_the_product() -> Draft:
    """Decoupled decay of L layers acts on x as h' = L x: so for two, and for L where so for the L - 1 others, r."""
    return printed(
        "ddt(w1*w2) == -a*2*(w1*w2) and ddt(w1*r) == -a*L*(w1*r)",
        given=["w1 real", "w2 real", "r real", "a >= 0", "L >= 2 integer"],
        flow={"w1": "-a*w1", "w2": "-a*w2", "r": "-a*(L - 1)*r"},
    ).derived(DeepDiagonal(4).derivation())


@claim(
    "disc-gd", place="Section 5 (gradient flow run as gradient descent)", rests_on=["d33-preserved"], kind="asymptotic"
)
def one_step_of_gradient_descent() -> Draft:
    """Gradient descent with a small step keeps the balance as gradient flow does: a step multiplies m^2 - w^2 by
    1 - eta^2 g^2, and the T/eta steps up to a time T by a factor that tends to 1 with the step s, where |f'| <= g.
    """
    step = "(m - eta*g*w)**2 - (w - eta*g*m)**2"
    return (
        printed(
            f"{step} == (1 - eta**2*g**2)*(m**2 - w**2) and limit((1 - s**2*g**2)**(T/s), s, 0, '+') == 1",
            given=["m real", "w real", "g real", "eta > 0", "T > 0"],
        )
        .covering("the balance of two layers")
        .derived(balance_law(2))
    )


@claim("conv-coupled-q2", place="Section 4, Table 1, row q = 2", rests_on=["eq5-flow"], kind="identity")
def the_two_decays_at_q2() -> Draft:
    """For q = 2 coupled decay of the penalty a|w|^2/2 is the decoupled decay -a w."""
    return printed(
        "-spow(g*P + a*w, 1) == -spow(g*P, 1) - a*w", given=["w real", "P real", "g real", "a >= 0"]
    ).derived(DecayedStep().derivation())
