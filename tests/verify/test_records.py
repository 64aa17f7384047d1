"""Records are plain JSON, exact, and written whole or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.verify.oracle import claim
from verify.evidence import Evidence, Tier
from verify.language.terms import num
from verify.records import claim_record, plain, read_results, results, unjudged, write_json
from verify.verdict import Verdict


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 3), "1/3"), (True, True), (3, 3), ((1, None), [1, None]), ({"x": Fraction(2)}, {"x": "2"}),
        (Tier.certified, "certified"), (Verdict.ill_posed, "ill-posed"), (num("1/2"), "1/2"), ({2, 1}, [1, 2]),
        (0.1234567, 0.1234567), (float("nan"), "nan"), (1 << 9000, hex(1 << 9000)), (Fraction(1, 1 << 9000), None),
        (Evidence(Tier.none, "m", "undecided").as_json()["tier"], "none"),
    ],
)  # fmt: skip
def test_exact_values_become_text(value, expected) -> None:
    assert expected is None or plain(value) == expected
    json.dumps(plain(value))


def test_the_part_that_a_statement_covers_is_its_scope() -> None:
    part = replace(claim("a"), corrected=claim("a").printed, scope="one x", corrected_scope="two")

    def scopes(verdict: Verdict, own: str = "") -> tuple[str, str | None]:
        result = unjudged(verdict, "why", 0.5) | {"scope": own}
        record = claim_record(part, {"printed": result, "corrected": result})
        return record["scope"], record["corrected"].get("scope")

    assert scopes(Verdict.holds) == ("one x", "two")
    assert scopes(Verdict.undecided, "x < 3") == ("one x; x < 3", "two; x < 3")
    assert scopes(Verdict.fails) == ("", None)


def test_a_results_file_reads_back(tmp_path: Path) -> None:
    record = claim_record(claim("a"), {"printed": unjudged(Verdict.undecided, "why", 0.5)})
    path = tmp_path / "deep" / "results.json"
    write_json(path, results([record], {"seconds": 8.0}, interrupted=True))
    whole = read_results(path)
    assert whole["claims"] == [record]
    assert whole["interrupted"] is True
    assert {"created", "code", "versions", "platform", "settings"} <= whole.keys()
    assert [p.name for p in path.parent.iterdir()] == ["results.json"]


def test_a_file_that_cannot_be_written_whole_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["results.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 1}', '{"schema": 3, "claims": []}'])
def test_what_is_no_results_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(ValueError, match=r"r\.json"):
        read_results(tmp_path / "r.json")
