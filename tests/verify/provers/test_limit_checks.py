"""Numbers close to the point speak against a wrong limit, and only against a wrong one."""

from __future__ import annotations

import pytest

from verify.checker import nearby as limit_checks
from verify.exact.expansion.limits import Limit
from verify.exact.expansion.scalars import rational
from verify.language.parse import parse_formula
from verify.language.terms import ZERO


@pytest.mark.parametrize(("text", "at", "right", "wrong"), [
    ("log(x)/x", None, Limit("finite"), Limit("oo")),
    ("log(log(x))", None, Limit("oo"), Limit("finite", rational(3))),
    ("1/x", ZERO, Limit("oo"), Limit("-oo")),
    ("sin(x)/x", ZERO, Limit("finite", rational(1)), Limit("finite", rational(2))),
])  # fmt: skip
def test_only_a_wrong_limit_is_contradicted(text: str, at: object, right: Limit, wrong: Limit) -> None:
    f = parse_formula(f"{text} == 0", ["x"]).args[0]
    assert not limit_checks.moves_away(f, "x", at, 1, right)  # type: ignore[arg-type]
    assert limit_checks.moves_away(f, "x", at, 1, wrong)  # type: ignore[arg-type]


def test_an_engine_that_lies_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    conclusion = parse_formula("limit(log(x), x, oo) == 0", [])
    assert limit_checks.contradicts_numbers(conclusion, {}) == ""
    monkeypatch.setattr(limit_checks, "limit_on", lambda *_: Limit("finite"))
    assert "does not approach 0" in limit_checks.contradicts_numbers(conclusion, {})
