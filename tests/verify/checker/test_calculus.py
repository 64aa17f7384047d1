"""Each rule of the calculus is accepted where it applies and refused where one of its premises is false."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verify.provers.inequality_cases import Case, stated
from verify.checker import replay
from verify.checker.conditions import NoLimit, limit_at_infinity
from verify.language.parse import parse_term
from verify.language.printing import to_text

Proof = dict[str, Any]
RANGE: Proof = {"by": "range"}


def down(end: str, value: Proof, slope: Proof, relation: str = ">=", **more: Any) -> Proof:
    return {"by": "monotone", "variable": "x", "end": end, "value": value, "slope relation": relation, "slope": slope,
            **more}  # fmt: skip


def split(at: str, *parts: Proof, by: str = "split") -> Proof:
    return {"by": by, "variable": "x", "at": at, "parts": list(parts)}


def accepts(case: Case, proof: Proof, slacks: Any = ()) -> bool:
    statement = stated(case)
    return replay(statement, {"kind": "calculus", "statement": statement.text, "slacks": list(slacks), "proof": proof})


TANGENT = split("0", down("high", RANGE, RANGE), down("low", RANGE, RANGE))


def multiple(constant: str, text: str, relation: str, proof: Proof) -> Proof:
    factor = {"term": text, "power": 1, "relation": relation, "proof": proof}
    return {"by": "product", "constant": constant, "factors": [factor]}


FALLING, RISING = multiple("-1", "log(x)", "<=", RANGE), multiple("1", "log(x)", ">=", RANGE)
MINIMUM = split("1", down("high", RANGE, FALLING), down("low", RANGE, RISING))
ENTROPY: Proof = {
    "by": "scale",
    "variable": "x",
    "by what": "y",
    "positive": RANGE,
    "proof": {
        "by": "product",
        "constant": "1",
        "factors": [
            {"term": "y", "power": 1, "relation": ">", "proof": RANGE},
            {"term": "x*log(x) - x + 1", "power": 1, "relation": ">=", "proof": MINIMUM},
        ],
    },
}
STRICT = down("low", RANGE, RANGE, somewhere="1")
JOINED = {
    "by": "joined", "coefficient": "1", "over": "x + 1", "under": "x + 2", "rest": "1/(x + 1)",
    "positive": [RANGE, RANGE], "proof": down("high", RANGE, {"by": "cells"}),
}  # fmt: skip
ACCEPTED: list[tuple[Case, Proof]] = [
    (("x real", "exp(x) >= 1 + x"), TANGENT),
    (("x > 0", "x - sin(x) > 0"), STRICT),
    (("x > 0", "pi/2 - atan(x) > 0"), down("high", {"by": "zero"}, RANGE, ">")),
    (("x > 0; y > 0", "x*log(x/y) - x + y >= 0"), ENTROPY),
    (("x != 0", "1/x**2 > 0"), split("0", RANGE, RANGE, by="hole")),
    (("x real", "1 + x**2 > abs(x)"), {"by": "either", "term": "x", "parts": [{"by": "rational"}] * 2}),
    (("x > 1", "1 - 1/x > 0"), {"by": "reciprocal", "variable": "x", "proof": {"by": "rational"}}),
    (("x real", "x**2 >= 0"), {"by": "cells"}),
    (
        ("x real", "exp(x**2 + 1) - exp(x) > 0"),
        {"by": "logarithm", "positive": [RANGE, RANGE], "proof": {"by": "rational"}},
    ),
    (
        ("x real", "log(1 + exp(x)) - x > 0"),
        {"by": "exponential", "coefficient": "1", "inner": "1 + exp(x)", "rest": "-x", "proof": {"by": "cells"}},
    ),
    (("x >= 1", "1/(x + 1) - log(x + 2) + log(x + 1) >= 0"), JOINED),
    (("x >= 1", "log(x + 1) + 1/(x + 1) - log(x + 2) >= 0"), JOINED),
]
REFUSED: list[tuple[Case, Proof]] = [
    (("x real", "exp(x) > 1 + x"), TANGENT),
    (("x real", "exp(x) >= 1 + x + x**2/2"), TANGENT),
    (("x real", "sign(x) >= 0"), down("low", RANGE, RANGE)),
    (("x >= -1", "1/2 - sign(x) >= 0"), down("low", RANGE, RANGE)),
    (("x > 0", "-sign(x) >= 0"), down("low", RANGE, RANGE)),
    (("x >= -1", "1/x + 1 >= 0"), down("low", RANGE, RANGE)),
    (("x >= 0", "x - sin(x) > 0"), STRICT),
    (("x > 0", "x - x > 0"), STRICT),
    (("x > 0", "atan(x) - pi/2 + 1/10 > 0"), down("high", RANGE, RANGE, ">")),
    (("x real", "1/x**2 > 0"), split("0", RANGE, RANGE, by="hole")),
    (("x != 1", "1/x**2 > 0"), split("0", RANGE, RANGE, by="hole")),
    (("x real; y real", "x*log(x/y) - x + y >= 0"), ENTROPY),
    (("x > 0; y > 0", "x*log(x/y) - x + y > 0"), ENTROPY),
    (("x real", "abs(x) - x/2 - 1 >= 0"), {"by": "either", "term": "x", "parts": [RANGE, RANGE]}),
    (("x real", "x >= 0"), {"by": "empty"}),
    (("x real", "exp(x**2) - x > 1"), {"by": "logarithm", "positive": [RANGE, RANGE], "proof": {"by": "rational"}}),
    (
        ("x real", "exp(x**2) - exp(x) > 0"),
        {"by": "logarithm", "positive": [RANGE, RANGE], "proof": {"by": "rational"}},
    ),
    (
        ("x real", "log(1 + exp(x)) - x > 0"),
        {"by": "exponential", "coefficient": "1", "inner": "2 + exp(x)", "rest": "-x", "proof": {"by": "cells"}},
    ),
    (
        ("x real", "-log(1 + exp(x)) - x > 0"),
        {"by": "exponential", "coefficient": "-1", "inner": "1 + exp(x)", "rest": "-x", "proof": {"by": "cells"}},
    ),
    (("x > 0", "1/(x + 1) - log(x + 2) + 2*log(x + 1) >= 0"), JOINED),
    (("x real", "1/(x + 1) - log(x + 2) + log(x + 1) >= 0"), JOINED),
    (("x >= 1", "1/(x + 2) - log(x + 2) + log(x + 1) >= 0"), {**JOINED, "rest": "1/(x + 2)"}),
    (("x >= 1", "1/(x + 1) - log(x + 2) + log(x + 1) >= 0"), {**JOINED, "over": "x + 2", "under": "x + 1"}),
    (("x real", "x/x - 1 >= 0"), {"by": "zero"}),
    (("x real", "x >= 0"), {"by": "reciprocal", "variable": "x", "proof": RANGE}),
    (("x real", "1 - 1/x > 0"), {"by": "reciprocal", "variable": "x", "proof": {"by": "rational"}}),
]


@pytest.mark.parametrize(("case", "proof"), ACCEPTED, ids=lambda v: str(v)[:40])
def test_a_rule_is_accepted_where_it_applies(case: Case, proof: Proof) -> None:
    assert accepts(case, proof)


@pytest.mark.parametrize(("case", "proof"), REFUSED, ids=lambda v: str(v)[:40])
def test_a_rule_is_refused_where_a_premise_is_false(case: Case, proof: Proof) -> None:
    assert not accepts(case, proof)


def test_slack_needs_the_hypothesis_that_it_uses() -> None:
    proof: Proof = {"by": "range"}
    assert accepts(("x > 0; y > x", "y - x > 0"), {"by": "cells"}, [[1, "y"]])
    assert not accepts(("x > 0; y > 0", "y - x > 0"), {"by": "cells"}, [[1, "y"]])
    assert not accepts(("x > 0; y >= x", "y - x > 0"), proof, [[1, "y"]])


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("exp(-x)", "0"), ("1/(1 + x**2)", "0"), ("atan(x) + 1", "pi/2 + 1"), ("x + exp(x)", 1), ("-x**3", -1),
        ("log(1 + 1/x)", "log(1 + 0)"), ("x**(-1/2)", "0"), ("erf(x)*x", 1), ("x - x**2 + x", -1), ("x*x - x**2", "0"),
        ("log((x + 2)/(x + 1))", "log(1)"), ("(1 - 2*x**2)/(3*x**2 + x)", "-2/3"), ("(x - x**3)/(1 - x)", 1),
        ("x/(x**2 + 1)", "0"),
    ],
)  # fmt: skip
def test_limits_at_infinity(text: str, limit: str | int) -> None:
    found = limit_at_infinity(parse_term(text, ("x",)), "x", 1)
    assert (found if isinstance(found, int) else to_text(found)) == limit


@pytest.mark.parametrize(
    ("text", "limit"), [("x**3 - x", -1), ("-x**3", 1), ("x**2 + x", 1), ("x**3/(1 - x)", -1), ("(2*x + 1)/x", "2")]
)
def test_limits_at_minus_infinity(text: str, limit: str | int) -> None:
    found = limit_at_infinity(parse_term(text, ("x",)), "x", -1)
    assert (found if isinstance(found, int) else to_text(found)) == limit


@pytest.mark.parametrize("text", ["x*exp(-x)", "x/(x - x)", "sin(x)", "x/exp(x)", "sign(x)", "exp(x) - x"])
def test_indeterminate_limits_are_refused(text: str) -> None:
    with pytest.raises(NoLimit):
        limit_at_infinity(parse_term(text, ("x",)), "x", 1)
