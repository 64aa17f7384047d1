"""Proofs on the parts of a domain: which parts there are, and where a domain must not be parted."""

from __future__ import annotations

import pytest

from tests.verify.exact.test_exact import statement
from verify.checker import replay
from verify.checker.parted import parts
from verify.provers import parted
from verify.provers.budget import Budget

WHOLE = [
    (["x != 0"], "increasing(-1/x, x)", 0),
    (["x >= 0"], "convex(Min(x, 0), x)", "x"),
    (["x != 0"], "diff(abs(x), x) == sign(x)", 0),
    (["x > 0"], "x > -1", 0),
    (["x >= 0"], "x >= 0", 7),
    (["x >= 0"], "x >= 0", "y"),
    (["x != oo"], "x == x", 0),
]


@pytest.mark.parametrize(("given", "claim", "cut"), WHOLE, ids=[c[1] for c in WHOLE])
def test_what_must_stay_whole_is_not_parted(given, claim, cut):
    assert parts(statement(given, claim), cut) is None


def test_the_parts_cover_the_domain_and_put_values_in():
    texts = {
        cut: [p.text for p in parts(statement(["y real", "lam >= 0", "y != 1"], "lam + y**2 >= 0"), cut) or ()]
        for cut in (0, 1, "y")
    }
    assert [t.split("; ")[0].split(", ", 2)[2] for t in texts[1]] == ["lam >= 0, y < 1", "lam >= 0, y > 1"]
    assert texts[0][1] == "y real, y != 1; 0 + y**2 >= 0"
    assert len(texts["y"]) == 3


def test_a_part_left_out_or_changed_is_refused():
    s = statement(["x > 0", "y > 0", "x != y"], "x*log(x/y) - x + y > 0")
    found = parted.prove(s, Budget(20)).certificate
    assert found is not None and replay(s, found)
    assert not replay(s, {**found, "parts": found["parts"][:1]})
    assert not replay(s, {**found, "parts": found["parts"][::-1]})
    assert not replay(s, {**found, "cut": 0})
    wide = statement(["x > 0", "y > 0"], "x*log(x/y) - x + y > 0")
    assert not replay(wide, {**found, "statement": wide.text})
