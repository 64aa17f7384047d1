"""The form of the files that are read back: results, lock files, and what is remembered of a run.

A file may come from an older version, a broken download or a stranger. What has this form can be shown and compared;
anything else is told in one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any

from verify.evidence import Tier
from verify.verdict import Verdict

NUMBER = (int, float)
VERDICTS = frozenset(verdict.value for verdict in Verdict)
TIERS = frozenset(Tier.__members__)
POINT = {str: str}
STATEMENT = {"claim": str, "given?": [str], "where?": {str: str}, "flow?": {str: str}, "understood?": str}
EVIDENCE = {
    "tier": TIERS, "method": str, "result": str, "detail": str, "scope?": str, "conditions?": [str], "seconds?": NUMBER,
    "counterexample?": POINT, "engines?": {str: str}, "certificate?": {"kind": str},
}  # fmt: skip
FINDING: dict[Any, Any] = {
    "verdict": VERDICTS, "tier": TIERS, "vacuous?": bool, "scope?": str, "seconds?": NUMBER, "evidence?": [EVIDENCE],
    "counterexample?": POINT, "witness?": POINT, "statement?": STATEMENT,
    "hypotheses?": [{"text": str, "mark": str, "counterexample?": POINT}],
    "mutants?": [{"kind": str, "text": str, "outcome": str, "counterexample?": POINT, "detail?": str}],
}  # fmt: skip
STEP = {"rule": str, "before": str, "after": str, "conditions": [str]}
RECORD = FINDING | {
    "id": str, "title?": str, "place?": str, "paper?": str, "kind?": str, "note?": str, "own_tier?": TIERS,
    "rests_on?": [str], "corrected?": FINDING | {"kind": str, "text": str}, "readings?": [FINDING | {"name": str}],
    "derivation?": {"title": str, "steps": [STEP]},
    "measurement?": {"experiment": str, "expects": STATEMENT | {"given": [str]}},
}  # fmt: skip
RESULTS = {
    "created?": str, "code?": str, "file?": str, "versions?": {}, "platform?": {}, "settings?": {"seconds?": NUMBER},
    "claims": [RECORD],
}  # fmt: skip
LOCKED = {"verdict": VERDICTS, "tier": TIERS, "scope?": str, "vacuous?": bool}
LOCK = {
    "claims": {str: LOCKED | {"corrected?": LOCKED}},
    "figures?": {str: {"median": (*NUMBER, NoneType), "budget": (*NUMBER, NoneType), "not_finite": int}},
}
REMEMBERED = {"created": str, "claims": LOCK["claims"]}
WORDS = {str: "text", bool: "true or false", int: "whole number", NUMBER: "number"}


def read_json(path: Path) -> Any:
    """What a JSON file holds, which can be written as text again; raises ``ValueError`` with one line."""
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(whole, ensure_ascii=False, allow_nan=False).encode()  # no half of a surrogate pair either
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not JSON"
        raise ValueError(f"{path}: {reason}") from None
    return whole


def departure(value: Any, form: Any, at: str = "") -> str:
    """Where the value first departs from the form, in words; empty where it has the form.

    A form is a type or several, a set of words, ``[form]`` for a list, ``{str: form}`` for an object with names of any
    kind, or an object of forms, of which one whose name ends in ``?`` may be absent or null. Other names are passed by.
    """
    if isinstance(form, list):
        if not isinstance(value, list):
            return f"{at} is no list"
        return next(filter(None, (departure(v, form[0], f"{at}[{k}]") for k, v in enumerate(value))), "")
    if isinstance(form, dict):
        if not isinstance(value, dict):
            return f"{at} is no object"
        return next(filter(None, (departure(*entry) for entry in _entries(value, form, f"{at}.".lstrip(".")))), "")
    if isinstance(form, frozenset):
        good = isinstance(value, str) and value in form
        return "" if good else f"{at} is none of {', '.join(sorted(form))}"
    return "" if isinstance(value, form) else f"{at} is no {WORDS.get(form, 'number or null')}"


def _entries(value: dict[str, Any], form: dict[Any, Any], at: str) -> Iterator[tuple[Any, Any, str]]:
    """(what stands under a name, its form, where that is), the names that may be absent left out where they are."""
    if str in form:
        yield from ((inner, form[str], at + name) for name, inner in value.items())
        return
    for name, wanted in form.items():
        bare = name.removesuffix("?")
        if name == bare or value.get(bare) is not None:
            yield value.get(bare), wanted, at + bare
