"""Questions with the answers worked out by hand from the formulas of the papers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from verify.recipe.setting import Request


@dataclass(frozen=True)
class Case:
    """expected: id of a recommendation -> (whether it is open, what its ``values`` hold). claims: some it rests on."""

    request: Request
    expected: dict[str | tuple[str, str], tuple[bool, dict[str, Any]]] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    status: int = 0


CASES = {
    "entropy, margin": Case(
        Request("margin", (784, 100, 10), mirror="entropy"),
        {"lambda": (False, {"formula": "n**(-2)", "n": "79400", "offset": "1"}),
         "rate": (False, {"keeps_update": True, "reaches_margin": True}), "map": (False, {"bias": "sparse"}),
         "depth": (False, {}), "balance": (False, {})},
        ("mf-lambda-suggest-hyp", "mf-tab10-hyp-mup", "mf-J4-criterion", "mf-thm-4.6-loss-le2"),
    ),
    "power, dense": Case(
        Request("dense", (10, 100, 3), mirror="power 3"),
        {"lambda": (False, {"formula": "1/(3*n)", "n": "1300", "offset": "2**(2/3)/2"}),
         "map": (False, {"bias": "dense"})},
        ("mf-lambda-suggest-hom", "mf-lem-4.10-hom", "mf-thm-4.6-loss-gt2"),
    ),
    "power, sparse: another map": Case(
        Request("sparse", mirror="power 3"), {"map": (True, {"bias": "dense"})}, ("mf-thm-4.9-sparse-dense",), 1,
    ),
    "square is neither": Case(Request("sparse", mirror="square"), {"map": (True, {"bias": "neither"})}, (), 1),
    "power two is neither": Case(Request("dense", mirror="power 2"), {"map": (True, {"bias": "neither"})}, (), 1),
    "the absolute value at q = 3/2": Case(
        Request("sparse", q="3/2", decay="decoupled"),
        {"depth": (False, {"depth": 3, "power": "1", "metric_exponent": "1"}), "balance": (False, {}),
         "lambda": (False, {"formula": "b**(3/2)", "coercivity": "lambda**2"}),
         "rate": (False, {"power": "-3", "depth": 3})},
        ("t416-a", "s4-no-tvmf", "c410-mu", "s4-lambda-small.any-depth"),
    ),
    "sign descent has no depth for it": Case(
        Request("sparse", optimizer="adamw"), {"depth": (True, {"power_at_2": "3/2", "power_at_8": "9/8"})},
        ("ex417-l1.sign-flow", "a-adamw-sign", "l45-q1.any-depth"), 1,
    ),
    "gradient descent, two factors": Case(
        Request("sparse", optimizer="sgd", decay="decoupled", sigma="1/100"),
        {"depth": (False, {"depth": 2, "power": "1"}), "lambda": (False, {"formula": "b**2", "number": 0.0001}),
         "rate": (False, {"power": "-2", "number": 10000.0})},
        ("conv-coupled-q2",),
    ),
    "too deep: the flow blows up": Case(
        Request("sparse", q="2", decay="decoupled", depth=4),
        {"depth": (False, {"depth": 4, "power": "1/2", "metric_exponent": "3/2"})}, ("s4-gf-unstable",),
    ),
    "coupled decay": Case(
        Request("sparse", optimizer="adam", decay="coupled"), {"depth": (False, {"depth": 2, "power": "1"})},
        ("spred-global",),
    ),
    "dense by sign descent": Case(
        Request("dense", optimizer="adamw"), {"depth": (False, {"depth": 2, "power": "3/2"})}, ("t416-a",),
    ),
    "not dense by coupled decay": Case(
        Request("dense", optimizer="sgd", decay="coupled"), {"depth": (True, {"power": "1"})}, (), 1,
    ),
    "escape of gradient descent": Case(
        Request("escape", optimizer="sgd", depth=3, sigma="1/1000"),
        {"rate": (False, {"s": "2", "growth": "1/eps", "time": "999.000"}), "balance": (False, {"power": "4"}),
         "lambda": (False, {"formula": "b**2", "coercivity": "lambda**2"})},
        ("c410-dominates", "c49-mu", "c410-order"),
    ),
    "escape of sign descent": Case(
        Request("escape", optimizer="sign", depth=3), {"rate": (False, {"s": "0", "growth": "1"})}, (),
    ),
    "escape with decay": Case(
        Request("escape", optimizer="sgd", depth=3, decay="coupled"), {"decay": (False, {"s": "2"})},
        ("r44-notsaddle",),
    ),
    "the largest weight": Case(
        Request("margin", optimizer="sign"),
        {"lambda": (False, {}), "rate": (False, {}), "depth": (False, {}), "balance": (False, {})},
        ("tB12", "intro-linf-depth-indep", "f1-balance-limit", "a-adam-sign"),
    ),
    "the margin of the Euclidean norm": Case(
        Request("margin", (4, 3, 2), q="2"), {i: (False, {}) for i in ("lambda", "rate", "depth", "balance")},
        ("mf-tab10-gd", "mf-thm-4.6-loss-le2"),
    ),
    "the margin between the two": Case(
        Request("margin", (8, 2, 1), q="3/2"),
        {"rate": (False, {"power": "-1/2"}), "depth": (False, {}), "lambda": (False, {}),
         ("balance", "layer 1"): (False, {"power": 0.5**1.5}), ("balance", "layer 2"): (False, {"power": 1.0})},
        ("b-steepest-direction.norm", "mf-J1-rescaled-lr", "fig2-metric-exponent", "s4-no-matrix-analogue"),
    ),
    "escape by the entropy": Case(
        Request("escape", (4, 4), mirror="entropy"), {"lambda": (False, {})}, ("mf-tab10-hyp-mup", "mf-ex-J1"),
    ),
}  # fmt: skip

HEAVY = ("power, dense", "escape by the entropy")  # the computer algebra builds many claims for these

# request -> what the one line says
REFUSED = [
    (Request("sparsee", q="2"), "did you mean 'sparse'"),
    (Request("sparse", q="1/2"), "from 1 to 64"),
    (Request("sparse", q="x"), "q, column 1"),
    (Request("sparse", q="1/0"), "q, column 1: not a number"),
    (Request("sparse", q="2", sigma="1/0"), "sigma, column 1: not a number"),
    (Request("sparse", mirror="power 1/0"), "from 2 to 64"),
    (Request("sparse", q="2", mirror="entropy"), "not both"),
    (Request("sparse", optimizer="adam", q="2"), "keep one"),
    (Request("sparse", optimizer="adamm"), "did you mean"),
    (Request("sparse", optimizer="adamw", decay="coupled"), "decoupled decay, not coupled"),
    (Request("sparse", mirror="power 1"), "from 2 to 64"),
    (Request("sparse", mirror="__import__('os')"), "mirror"),
    (Request("sparse", mirror="entropy", given=("lam > 0",)), "leave --given away"),
    (Request("sparse", mirror="entropy", depth=2), "no factors"),
    (Request("sparse", q="2", given=("lam > 0",)), "--mirror"),
    (Request("sparse", (7,), mirror="entropy"), "two widths"),
    (Request("sparse", (7, 0), mirror="entropy"), "widths"),
    (Request("sparse", mirror="square", sigma="2"), "between 0 and 1"),
    (Request("sparse", q="2", depth=65), "from 1 to 64"),
    (Request("escape", q="2", depth=1), "no saddle"),
]

MEANS = {  # (name of the map, lam, sigma) -> E 1/R''(sigma z), by hand
    ("entropy", 1e-24, 0.1): 0.1 * (2 / 3.141592653589793) ** 0.5,
    ("square", 1.0, 0.3): 1.0,
}
