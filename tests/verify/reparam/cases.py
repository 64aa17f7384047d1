"""Parameterizations as a user would type them, with known answers."""

from __future__ import annotations

from verify.reparam.reading import Request


def ask(*expressions: str, **more: object) -> Request:
    return Request(expressions, **more)  # type: ignore[arg-type]


def preset(network: str, law: str) -> Request:
    return Request(preset=network, laws=(law,))


# name -> (request, regular, commuting, number of independent laws)
KNOWN = {
    "product": (ask("w1*w2"), "holds", "holds", 1),
    "difference of squares": (ask("w1**2 - w2**2"), "holds", "holds", 1),
    "a law with a logarithm": (ask("a + b**2"), "holds", "holds", 1),
    "a law with exponentials": (ask("exp(a) - exp(b)"), "holds", "holds", 1),
    "hyperbolic": (ask("sinh(u)*v", "w"), "holds", "holds", 1),
    "saturating": (ask("tanh(u)*v"), "holds", "holds", 1),
    "circular": (ask("sin(a)*b", "c"), "holds", "holds", 1),
    "quotient": (ask("a/b"), "holds", "holds", 1),
    "power with a symbol": (
        ask("w1*abs(w2)**q", given=("w2 > 0", "q > 1"), weights=("w1", "w2")), "holds", "holds", 1,
    ),
    "root": (ask("sqrt(a)*b", given=("a > 0",)), "holds", "holds", 1),
    "a function of a polynomial": (ask("tan(a*d - 2)"), "holds", "holds", 1),
    "a constant": (ask("lam*a*b", weights=("a", "b")), "holds", "holds", 1),
    "product and sum": (ask("a*b", "a + b"), "holds", "fails", 0),
    "shared weight": (ask("a*b", "b*c"), "holds", "fails", 1),
    "brackets of two": (ask("a", "b + a**3*c"), "holds", "fails", 0),
    "dependent coordinates": (ask("a*b", "a**2*b**2"), "fails", "fails", 1),
    "polar, cartesian": (ask("u*u - v*v", "u*v"), "holds", "fails", 0),
    "squares, separate": (ask("u1**2 - v1**2", "u2**2 - v2**2"), "holds", "holds", 2),
    "linear": (Request(preset="linear 3,4,2"), "holds", "fails", 10),
    "linear with biases": (Request(preset="linear 3,4,2 bias"), "holds", "fails", 10),
    "one hidden unit with biases": (Request(preset="linear 2,1,2 bias"), "fails", "fails", 1),
    "relu": (Request(preset="relu 3,4,2"), "fails", "fails", 4),
    "relu with biases": (Request(preset="relu 3,4,2 bias"), "fails", "fails", 4),
    "deep relu with biases": (Request(preset="relu 2,3,3,2 bias"), "fails", "fails", 6),
    "attention": (Request(preset="attention d=4 k=2"), "fails", "fails", 3),
    "attention with a bias": (Request(preset="attention d=4 k=2 bias"), "fails", "fails", 3),
    "values": (Request(preset="value-output d=3 k=2"), "fails", "fails", 3),
    "values with biases": (Request(preset="value-output d=3 k=2 bias"), "fails", "fails", 3),
    "gated": (Request(preset="gated 3,4"), "holds", "fails", 8),
    "gated by a function": (Request(preset="gated 3,4,2 smooth"), "fails", "fails", 4),
}  # fmt: skip

# request -> law, verdict
STATED = [
    (ask("w1*w2", laws=("w1**2 - w2**2",)), "holds"),
    (ask("w1*w2", laws=("w1**2 + w2**2",)), "fails"),
    (ask("w1*w2", laws=("w1**2 - 2*w2**2",)), "fails"),
    (ask("a**2*b", laws=("a**2 - 2*b**2",)), "holds"),
    (ask("a + b**2", laws=("a - log(b)/2",), given=("b > 0",)), "holds"),
    (ask("a + b**2", laws=("a + log(b)/2",), given=("b > 0",)), "fails"),
    (ask("tanh(u)*v", laws=("v**2/2 - cosh(2*u)/4",)), "holds"),
    (ask("tanh(u)*v", laws=("v**2/2 - cosh(2*u)/2",)), "fails"),
    (Request(preset="linear 1,2,1", laws=("w1_1_1**2 - w2_1_1**2",)), "holds"),
    (Request(preset="linear 2,2,2", laws=("w1_1_1**2 - w2_1_1**2",)), "fails"),
    (preset("linear 2,2,2 bias", "w1_1_1**2 + w1_2_1**2 + b1_1**2 - w2_1_1**2 - w2_1_2**2"), "holds"),
    (preset("linear 2,2,2 bias", "w1_1_1**2 + w1_2_1**2 - w2_1_1**2 - w2_1_2**2"), "fails"),
    (preset("linear 2,2,2 bias", "w1_1_1*w1_1_2 + w1_2_1*w1_2_2 + b1_1*b1_2 - w2_1_1*w2_2_1 - w2_1_2*w2_2_2"), "holds"),
    (preset("linear 2,1,1,1 bias", "w2_1_1**2 + b2_1**2 - w3_1_1**2"), "holds"),
    (preset("relu 2,2,2 bias", "w1_1_1**2 + w1_2_1**2 + b1_1**2 - w2_1_1**2 - w2_1_2**2"), "holds"),
    (preset("relu 2,2,2 bias", "w1_1_1*w1_1_2 + w1_2_1*w1_2_2 + b1_1*b1_2 - w2_1_1*w2_2_1 - w2_1_2*w2_2_2"), "fails"),
    (preset("relu 2,2,2", "w1_1_1**2 + w1_2_1**2 - w2_1_1**2 - w2_1_2**2"), "holds"),
    (preset("attention d=2 k=2", "q_1_1*q_2_1 + q_1_2*q_2_2 - k_1_1*k_2_1 - k_1_2*k_2_2"), "holds"),
    (preset("attention d=2 k=2", "q_1_1*q_1_2 + q_2_1*q_2_2 - k_1_1*k_1_2 - k_2_1*k_2_2"), "fails"),
    (preset("attention d=2 k=1 bias", "q_1_1**2 + q_1_2**2 + bq_1**2 - k_1_1**2 - k_1_2**2"), "holds"),
    (preset("attention d=2 k=1 bias", "q_1_1**2 + q_1_2**2 - k_1_1**2 - k_1_2**2"), "fails"),
    (preset("value-output d=2 k=1 bias", "v_1_1**2 + v_1_2**2 + bv_1**2 - o_1_1**2 - o_1_2**2"), "holds"),
    (preset("value-output d=2 k=1 bias", "v_1_1**2 + v_1_2**2 + bv_1**2 - o_1_1**2 - o_1_2**2 - bo_1**2"), "fails"),
    (preset("gated 2,1", "w_1_1**2 + w_1_2**2 - u_1_1**2"), "holds"),
    (preset("gated 2,1", "w_1_1**2 + w_1_2**2 - v_1_1**2 - v_1_2**2"), "holds"),
    (preset("gated 2,1 smooth", "v_1_1**2 + v_1_2**2 - u_1_1**2"), "holds"),
    (preset("gated 2,1 smooth", "w_1_1**2 + w_1_2**2 - u_1_1**2"), "fails"),
]

# request, what its one line of refusal must say
REFUSED = [
    (ask(), "expression 1, column 1"),
    (ask("w1*"), "expression 1, column 4"),
    (ask("w1", "foo(w1)"), "expression 2, column 1"),
    (ask("__import__('os')"), "expression 1"),
    (ask("abs(w1)*w2"), "the sign of w1 is not settled"),
    (ask("w1/0"), "divides by zero"),
    (ask("(a + b + c + d + e + f)**60"), "too many terms"),
    (ask("w1**w2"), "must be positive; add --given \"w1 > 0\""),
    (ask("pi*w1"), "the constant pi"),
    (ask("b*a**1000"), "expression 1, column 4: an exponent beyond"),
    (ask("gamma(a)"), "not worked with"),
    (ask("3"), "no weight"),
    (ask("a - a + 0*b"), "constant"),
    (ask("a", given=("a integer",)), "integer"),
    (ask("a*b", given=("a == b",)), "open set"),
    (ask("a*b", weights=("c",)), "occurs in no expression"),
    (ask("a*b", q="0.5"), "q is a number from 1"),
    (ask("a*b", q="1/0"), "q is a number from 1"),
    (ask("a*b", scale="2"), "between 0 and 1"),
    (ask("a*b", scale="1/0"), "a number between 0 and 1"),
    (ask("a*nan"), "'nan' is no number"),
    (ask("a*b", weights=("a", "a")), "stands here twice"),
    (Request(preset="relu 2,2,2 bias bias"), "column 17: 'bias' stands here twice"),
    (ask("a*b", mirror="x**4"), "second derivative"),
    (ask("a*b", degree=99), "degree"),
    (ask(*["a"] * 65), "more than 64"),
    (ask("a", preset="linear 2,2,2"), "not both"),
    (Request(preset="lineer 3,4"), "did you mean 'linear'"),
    (Request(preset="linear 3"), "widths"),
    (Request(preset="linear 3,0,2"), "at least 1"),
    (Request(preset="relu 3,4,2 gates"), "column 12"),
    (Request(preset="relu 50,50,50,50,50"), "limits"),
    (Request(preset="linear 2,2,2", weights=("w1_1_1",)), "leave --in out"),
    (Request(preset="linear 2,2,2", given=("w1_1_1 > 0",)), "no meaning for a preset"),
    (Request(preset="attention d=4"), "size k is missing"),
]
