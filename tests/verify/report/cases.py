"""A small fixed run with every verdict and every field that a record may have."""

from __future__ import annotations

from typing import Any

HOSTILE = "<script>alert('x')</script> & \"quotes\" `code` | $x$ [a](b)"


def evidence(result: str, tier: str = "certified", **more: Any) -> dict[str, Any]:
    return {"tier": tier, "method": "normal form", "result": result, "detail": "as it was", "seconds": 0.01} | more


def statement(claim: str, given: list[str], **more: Any) -> dict[str, Any]:
    return {"claim": claim, "given": given, "where": {}, "flow": {}, "understood": claim} | more


def record(name: str, verdict: str, tier: str = "certified", **more: Any) -> dict[str, Any]:
    return {
        "id": name, "verdict": verdict, "vacuous": None, "tier": tier, "scope": "", "counterexample": None,
        "corrected": None, "evidence": [evidence(verdict, tier)], "seconds": 0.5, "paper": "one",
        "title": f"Says {name}.", "place": "Lemma 1", "statement": statement("x**2 >= 0", ["x real"]), "own_tier": tier,
    } | more  # fmt: skip


HOLDS = record(
    "plain", "holds", rests_on=["weak", "wrong", "elsewhere"], witness={"x": "-1/2", "q": "3/2"}, vacuous=False,
    statement=statement("abs(u)**q == R", ["x real", "n integer", "1 < q", "q <= 2"], where={"R": "abs(x)**q"},
                        flow={"x": "-spow(x, q - 1)"}),
    hypotheses=[
        {"text": "1 < q", "mark": "needed", "counterexample": {"q": "1"}},
        {"text": "q <= 2", "mark": "unused", "counterexample": None},
        {"text": "x != 0", "mark": "unknown", "counterexample": None},
    ],
    mutants=[
        {"kind": "sign", "text": "x < 0", "outcome": "caught", "counterexample": {"x": "1"}},
        {"kind": "constant", "text": "x >= 1", "outcome": "survived", "counterexample": None},
    ],
    derivation={"title": "From the square", "steps": [
        {"rule": "differentiate", "before": "R'(x)", "after": "Abs(x)**(q - 1)*sign(x)", "conditions": ["Ne(x, 0)"]},
        {"rule": "add", "before": "balance at t", "after": "0", "conditions": ["True"]},
    ]},
)  # fmt: skip
WRONG = record(
    "wrong", "fails", counterexample={"x": "1", "y": "-> oo"}, note="A factor is missing.",
    statement=statement("x**2 == x and x < 1", ["x real"]),
    corrected={
        "text": "x**2 == x*x", "kind": "misprint", "verdict": "holds", "tier": "symbolic", "scope": "x < 2",
        "evidence": [
            evidence("holds", "symbolic", engines={"sympy": "1.14.0"}, seed=7, scope="x < 3", conditions=["x is real"],
                     certificate={"kind": "squares"})],
        "seconds": 0.2, "statement": statement("x**2 == x*x", ["x real", "x > 0"]),
    },
)  # fmt: skip
VAGUE = record(
    "vague", "ill-posed", "none", statement=None,
    readings=[record("r", "fails", counterexample={}) | {"name": "all", "statement": statement("x > 0", ["x real"])}],
)  # fmt: skip
BARE = {
    "id": "broken", "verdict": "error", "vacuous": None, "tier": "none", "scope": "", "counterexample": None,
    "corrected": None, "evidence": [evidence("error", "none", detail="the worker died")], "seconds": 0.0,
}  # fmt: skip
RECORDS = [
    HOLDS,
    record("weak", "holds", "symbolic", own_tier="certified", vacuous=True, paper="two", scope="L = 2"),
    record("open", "undecided", "none", scope="n <= 6", evidence=[evidence("survived", "sampled")], paper="two"),
    VAGUE,
    WRONG,
    record("unmended", "fails", counterexample={}),
    BARE,
    record("clash", "conflict", "none"),
    record("name with spaces & <b>", "holds", title=HOSTILE, place=HOSTILE, note=HOSTILE,
           statement=statement(HOSTILE, [HOSTILE], where={"<i>": HOSTILE}, flow={"</math>": HOSTILE}),
           witness={"<u>": HOSTILE}, evidence=[evidence("holds", detail=HOSTILE, method=HOSTILE)], paper=HOSTILE,
           derivation={"title": HOSTILE, "steps": [
               {"rule": HOSTILE, "before": HOSTILE, "after": HOSTILE, "conditions": [HOSTILE]}]}),
]  # fmt: skip
RUN: dict[str, Any] = {
    "schema": 1, "created": "2025-01-01T00:00:00+00:00", "code": "0123456789abcdef", "versions": {"sympy": "1.14.0"},
    "platform": {"system": "Linux"}, "settings": {"seconds": 8.0, "seed": 20250101}, "claims": RECORDS,
}  # fmt: skip


def run(*names: str) -> dict[str, Any]:
    """The run with only these records; with all of them where none is named."""
    return RUN | {"claims": [r for r in RECORDS if not names or r["id"] in names]}
