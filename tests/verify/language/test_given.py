"""What is given: names, sorts and hypotheses, each read once and never guessed twice."""

from __future__ import annotations

import pytest

from verify.language.errors import LanguageError
from verify.language.given import parse_given

DOMAINS = (
    (["x real", "lam > 0"], [("x", "real"), ("lam", "real")], ["lam > 0"]),
    (["1 < q <= 2"], [("q", "real")], ["1 < q", "q <= 2"]),
    (["L >= 2 integer"], [("L", "integer")], ["L >= 2"]),
    (["x != 0"], [("x", "real")], ["x != 0"]),
    (["-B <= x <= B"], [("B", "real"), ("x", "real")], ["-B <= x", "x <= B"]),
    (["1/p + 1/q == 1"], [("p", "real"), ("q", "real")], ["1/p + 1/q == 1"]),
    (["x real nonzero"], [("x", "real")], ["x != 0"]),
    (["x, y real"], [("x", "real"), ("y", "real")], []),
    (["n positive integer"], [("n", "integer")], ["n > 0"]),
    (["x nonnegative", "y negative", "z nonpositive"], [("x", "real"), ("y", "real"), ("z", "real")],
     ["x >= 0", "y < 0", "z <= 0"]),
    (["n integer", "1 <= k <= n integer"], [("n", "integer"), ("k", "integer")], ["1 <= k", "k <= n"]),
    (["x real", "1 <= k < x integer"], [("x", "real"), ("k", "integer")], ["1 <= k", "k < x"]),
    (["1 <= k <= L integer", "L >= 2 integer"], [("k", "integer"), ("L", "integer")], ["1 <= k", "k <= L", "L >= 2"]),
    (["x > y", "y integer"], [("x", "real"), ("y", "integer")], ["x > y"]),
    (["x real, y > 0, n integer"], [("x", "real"), ("y", "real"), ("n", "integer")], ["y > 0"]),
    (["x: real"], [("x", "real")], []),
    (["-oo < x < oo"], [("x", "real")], []),
    (["x > 0 and y > x"], [("x", "real"), ("y", "real")], ["x > 0", "y > x"]),
    (["Max(x, y) <= 1"], [("x", "real"), ("y", "real")], ["Max(x, y) <= 1"]),
    (["x real", "x > 0", "x > 0"], [("x", "real")], ["x > 0"]),
    ([], [], []),
)  # fmt: skip

REFUSED = (
    (["x real", "x integer"], "both as real and as integer", 2, 1),
    (["n integer", "n >= 1 real"], "both as integer and as real", 2, 1),
    (["x rael"], "did you mean 'real'", 1, 3),
    (["n natural"], "n >= 1 integer", 1, 3),
    (["E real"], "constant", 1, 1),
    (["x real", "gamma > 0"], "function", 2, 1),
    (["sin real"], "function", 1, 1),
    (["true real"], "reserved", 1, 1),
    (["lambda > 0"], "write lam", 1, 1),
    (["lambda real"], "reserved", 1, 1),
    (["_x real"], "a name is a letter", 1, 1),
    (["real x"], "the name comes first", 1, 1),
    (["k < L", "L >= k + 1 integer"], "not clear which names", 2, 12),
    (["x in (0, 1)"], "0 < x < 1", 1, 3),
    (["x"], "no sort", 1, 1),
    (["5"], "formula is needed", 1, 1),
    (["x, y > 0"], "no sort", 1, 1),
    (["x real,"], "nothing here", 1, 8),
    ([""], "nothing here", 1, 1),
    (["y > 0, x + 1"], "formula is needed", 1, 8),
    (["foo(x) > 1"], "unknown function", 1, 1),
    (["x > 0", "ddt(x) == 0"], "flow", 2, 1),
    (["x ≥ 0"], ">=", 1, 3),
)


@pytest.mark.parametrize(("items", "variables", "hypotheses"), DOMAINS, ids=lambda value: str(value))
def test_items_become_a_domain(items: list[str], variables: list, hypotheses: list[str]) -> None:
    domain = parse_given(items)
    assert list(domain.variables) == variables
    assert [str(h) for h in domain.hypotheses] == hypotheses


@pytest.mark.parametrize(("items", "says", "item", "column"), REFUSED, ids=lambda value: str(value))
def test_a_wrong_item_is_refused_at_its_column(items: list[str], says: str, item: int, column: int) -> None:
    with pytest.raises(LanguageError, match=says) as caught:
        parse_given(items)
    assert (caught.value.place, caught.value.column) == (f"given[{item}]", column)


@pytest.mark.parametrize("text", ["x < -oo", "oo < x", "-x < -oo", "x == oo", "x + 1 < oo"])
def test_only_what_is_empty_of_meaning_is_dropped(text: str) -> None:
    assert len(parse_given([text]).hypotheses) == 1


def test_a_text_is_no_list() -> None:
    with pytest.raises(LanguageError, match="list of texts"):
        parse_given("x real")
