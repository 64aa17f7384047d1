"""Result records: what was found out about each claim, as plain JSON, and the file that holds them.

A record is a dictionary with the keys ``id, verdict, vacuous, tier, scope, counterexample, corrected, evidence,
seconds``; what a reader may want besides follows (``title, place, paper, rests_on, statement, witness, hypotheses,
mutants, derivation, readings, note, own_tier``) where there is anything to say.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import platform
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.evidence import Evidence, Tier
from verify.form import RESULTS, departure, read_json
from verify.language.printing import number_text, to_text
from verify.language.terms import Term
from verify.verdict import Verdict

if TYPE_CHECKING:
    from verify.claim import Claim
    from verify.judge import Judgement
    from verify.measured import Measurement
    from verify.statement import Statement

SCHEMA = 1
MOST_BITS = 8192  # longer numbers are written in hexadecimal, which takes no quadratic time
Record = dict[str, Any]
Judged = dict[str, Any]
EMPTY: Record = {"vacuous": None, "scope": "", "counterexample": None, "corrected": None, "evidence": [], "seconds": 0}


def plain(value: Any) -> Any:
    """The value as JSON knows it: exact numbers and terms as text, tuples as lists, dataclasses as objects."""
    if isinstance(value, Enum):
        return value.name if isinstance(value, Tier) else plain(value.value)
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= MOST_BITS else hex(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Fraction):
        short = max(value.numerator.bit_length(), value.denominator.bit_length()) <= MOST_BITS
        return number_text(value) if short else f"{hex(value.numerator)}/{hex(value.denominator)}"
    if isinstance(value, Term):
        return to_text(value)
    if isinstance(value, Evidence):
        return plain(value.as_json())
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [plain(v) for v in items]
    return str(value)


def judged(judgement: Judgement, seconds: float) -> Judged:
    """A judgement as plain data."""
    return {
        "verdict": judgement.verdict.value,
        "vacuous": judgement.vacuous,
        "tier": judgement.tier.name,
        "scope": judgement.scope,
        "counterexample": None if judgement.counterexample is None else plain(judgement.counterexample),
        "evidence": plain(judgement.evidence),
        "seconds": round(seconds, 4),
        "witness": plain(judgement.witness),
        "hypotheses": [
            {"text": plain(text), "mark": mark, "counterexample": plain(found)}
            for text, mark, found in judgement.needed
        ],
        "mutants": plain(judgement.mutants),
    }


def unjudged(verdict: Verdict, detail: str, seconds: float) -> Judged:
    """What is said of a statement on which the judge gave no answer; the verdict is ``undecided`` or ``error``."""
    finding = {"tier": Tier.none.name, "method": "judge", "result": verdict.value, "detail": detail}
    return {
        "verdict": verdict.value, "vacuous": None, "tier": Tier.none.name, "scope": "", "counterexample": None,
        "evidence": [finding | {"seconds": round(seconds, 4)}], "seconds": round(seconds, 4),
    }  # fmt: skip


def statement_json(statement: Statement) -> dict[str, Any]:
    """The statement for a reader: as written, and as it was understood."""
    given = [f"{name} {sort}" for name, sort in statement.domain.variables]
    return {
        "claim": statement.shown or to_text(statement.conclusion),
        "given": given + [to_text(h) for h in statement.domain.hypotheses],
        "where": dict(statement.abbreviations),
        "flow": {name: to_text(rhs) for name, rhs in statement.flow},
        "understood": to_text(statement.conclusion),
        "fingerprint": statement.fingerprint,
    }


def claim_record(claim: Claim, results: Mapping[str, Judged], derivation: list[Any] | None = None) -> Record:
    """The record of a claim from what was judged of each of its statements (by role)."""
    if claim.measurement is not None:
        own = _measured(claim.measurement)
    elif claim.printed is None:
        reason = claim.ill_posed.reason if claim.ill_posed else ""
        own = unjudged(Verdict.ill_posed, reason, sum(r["seconds"] for r in results.values()))
    else:
        own = dict(results["printed"])
    record: Record = {"id": claim.id}
    extra = {key: own.pop(key, None) for key in ("witness", "hypotheses", "mutants")}
    record |= {key: own[key] for key in ("verdict", "vacuous", "tier", "scope", "counterexample")}
    record["scope"] = _scope(claim.scope, own)
    if claim.printed is None and results and all(r["verdict"] in ("holds", "fails") for r in results.values()):
        record["tier"] = min(Tier[r["tier"]] for r in results.values()).name  # how strongly its readings are decided
    record["corrected"] = _corrected(claim, results)
    record["evidence"] = own["evidence"]
    record["seconds"] = round(sum(r["seconds"] for r in results.values()), 4)
    readings = claim.ill_posed.readings if claim.ill_posed else ()
    extra |= {
        "title": claim.title,
        "place": claim.place,
        "paper": claim.paper,
        "kind": claim.kind,
        "rests_on": list(claim.rests_on),
        "note": claim.note,
        "statement": statement_json(claim.printed) if claim.printed else None,
        "derivation": derivation,
        "measurement": _measurement_json(claim.measurement),
        "readings": [{"name": n, "statement": statement_json(s)} | results[n] for n, s in readings],
        "cached": True if results and all(r.get("cached") for r in results.values()) else None,
    }
    if claim.measurement is not None:
        from verify.measured import standing

        extra["standing"] = standing(extra | record)
    return record | {key: value for key, value in extra.items() if value not in (None, "", [], {})}


def _measured(measurement: Measurement) -> Judged:
    """A measured result stays undecided; beside it stands what the experiment showed."""
    from verify.measured import look

    found = look(measurement)
    own = unjudged(Verdict.undecided, "", 0.0)
    return own | {"tier": found.tier.name, "evidence": plain((found,))}


def _measurement_json(measurement: Measurement | None) -> dict[str, Any] | None:
    if measurement is None:
        return None
    return {"experiment": measurement.experiment, "expects": statement_json(measurement.expectation)}


def _scope(covered: str, result: Mapping[str, Any]) -> str:
    """What a verdict is about where that is less than what is claimed; a counterexample refutes the whole claim."""
    if result["verdict"] == Verdict.fails.value:
        return str(result["scope"])
    return "; ".join(part for part in (covered, result["scope"]) if part)


def _corrected(claim: Claim, results: Mapping[str, Judged]) -> dict[str, Any] | None:
    if claim.corrected is None:
        return None
    result = dict(results["corrected"])
    result["scope"] = _scope(claim.corrected_scope, result)
    head = {
        "text": claim.corrected.shown or to_text(claim.corrected.conclusion),
        "kind": claim.mend,
        "verdict": result["verdict"],
        "tier": result["tier"],
    }
    more = {key: value for key, value in result.items() if key not in head and value not in (None, "", [])}
    return head | more | {"statement": statement_json(claim.corrected)}


def error_record(name: str, detail: str, verdict: Verdict = Verdict.error, seconds: float = 0.0, **more: Any) -> Record:
    """The record of a claim that could not be examined to its end."""
    own = unjudged(verdict, detail, seconds)
    record: Record = {"id": name} | {k: own[k] for k in ("verdict", "vacuous", "tier", "scope", "counterexample")}
    record |= {"corrected": None, "evidence": own["evidence"], "seconds": own["seconds"]}
    return record | {key: value for key, value in more.items() if value not in (None, "", [], (), {})}


def settle_tiers(records: Iterable[Record]) -> list[Record]:
    """Each claim's tier lowered to the least over itself and all the claims it rests on, of those that are here."""
    known = {r["id"]: r for r in records}
    own = {name: Tier[str(r.get("own_tier", r["tier"]))] for name, r in known.items()}

    def ancestors(name: str) -> set[str]:
        seen: set[str] = set()
        stack = [name]
        while stack:
            at = stack.pop()
            if at in known and at not in seen:
                seen.add(at)
                stack.extend(known[at].get("rests_on", ()))
        return seen

    def settled(name: str, record: Record) -> Tier:
        # A counterexample stands by itself: what the claim rests on cannot weaken it.
        return own[name] if record["verdict"] == Verdict.fails.value else min(own[a] for a in ancestors(name))

    return [record | {"tier": settled(name, record).name, "own_tier": own[name].name} for name, record in known.items()]


def version() -> str:
    """The version of mirrorproof that is installed."""
    from importlib import metadata

    try:
        return metadata.version("mirrorproof")
    except metadata.PackageNotFoundError:
        return "0+uninstalled"


def results(records: Iterable[Record], settings: Mapping[str, Any], *, interrupted: bool = False) -> dict[str, Any]:
    """One object for a whole run: the records and what produced them."""
    from verify.cache import library_versions, source_hash

    whole: dict[str, Any] = {"schema": SCHEMA, "created": datetime.now(UTC).isoformat(timespec="seconds")}
    whole["code"] = source_hash()
    whole["versions"] = {"mirrorproof": version(), **library_versions()}
    whole["platform"] = {"system": platform.system(), "machine": platform.machine(), "cpus": os.cpu_count()}
    whole["settings"] = dict(settings)
    if interrupted:
        whole["interrupted"] = True
    whole["claims"] = list(records)
    return whole


def write_json(path: Path, value: Any) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with open(draft, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1, ensure_ascii=False)
            file.write("\n")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def read_results(path: Path) -> dict[str, Any]:
    """A results file, what a record must have filled in; raises ``ValueError`` with one line where it is none."""
    whole = read_json(path)
    if not isinstance(whole, dict) or whole.get("schema") != SCHEMA or not isinstance(whole.get("claims"), list):
        raise ValueError(f"{path}: not a results file of schema {SCHEMA}")
    if wrong := departure(whole, RESULTS):
        raise ValueError(f"{path}: {wrong}")
    twice = [name for name, n in Counter(record["id"] for record in whole["claims"]).items() if n > 1]
    if twice:
        raise ValueError(f"{path}: more than one claim is called {twice[0]!r}")
    whole["claims"] = [EMPTY | {k: v for k, v in record.items() if v is not None} for record in whole["claims"]]
    return whole
