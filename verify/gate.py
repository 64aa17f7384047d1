"""The gate: where a run falls short of the lock file.

Worse is: another verdict, unless an undecided one was decided; a lower tier; a narrower scope; a claim of the lock
file that was not verified; and always an ``error`` or a ``conflict``, which are defects of the tool.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from verify.evidence import Tier
from verify.lock import Expected, expected
from verify.records import Record

Change = Literal["worse", "better", "new", "missing"]
DEFECTS = ("error", "conflict")


@dataclass(frozen=True)
class Difference:
    """One claim that differs from what the lock file says; ``text`` is one line."""

    id: str
    change: Change
    text: str

    @property
    def blocks(self) -> bool:
        return self.change in ("worse", "missing")


def compare(records: Iterable[Record], lock: Mapping[str, Expected], *, partial: bool = False) -> list[Difference]:
    """The differences, by claim id. partial: claims of the lock file that were not verified are no difference."""
    here = {record["id"]: record for record in records}
    found = [] if partial else [
        Difference(name, "missing", f"{_words(lock[name])} in the lock file, but it was not verified")
        for name in lock if name not in here
    ]  # fmt: skip
    for name, record in here.items():
        now = expected(record)
        if name not in lock:
            change: Change = "worse" if defective(now) else "new"
            found.append(Difference(name, change, f"{_words(now)}, not in the lock file"))
            continue
        for text, change in _changes(now, lock[name]):
            found.append(Difference(name, change, text))
    return sorted(found, key=lambda d: (d.id, d.text))


def _changes(now: Expected, then: Expected) -> list[tuple[str, Change]]:
    found: list[tuple[str, Change]] = []
    change = _change(now, then)
    if change:
        found.append((f"{_words(then)} became {_words(now)}", change))
    else:
        found += _rescoped(now, then)
    mended, was_mended = now.get("corrected"), then.get("corrected")
    if mended and was_mended:
        change = _change(mended, was_mended)
        if change:
            found.append((f"corrected: {_words(was_mended)} became {_words(mended)}", change))
        else:
            found += [(f"corrected: {text}", change) for text, change in _rescoped(mended, was_mended)]
    elif was_mended:
        found.append((f"the corrected statement ({_words(was_mended)}) is gone", "worse"))
    elif mended:
        found.append((f"corrected: {_words(mended)}, not in the lock file", "worse" if defective(mended) else "new"))
    return found


def _rescoped(now: Expected, then: Expected) -> list[tuple[str, Change]]:
    scope, was = now.get("scope", ""), then.get("scope", "")
    if scope == was:
        return []
    return [(f"scope {was or 'all that is claimed'!r} became {scope or 'all'!r}", "worse" if scope else "better")]


def _change(now: Expected, then: Expected) -> Change | None:
    if now["verdict"] in DEFECTS:
        return "worse"
    if now["verdict"] != then["verdict"]:
        return "better" if then["verdict"] in ("undecided", *DEFECTS) else "worse"
    rank, was = Tier[now["tier"]], Tier[then["tier"]]
    if rank == was:
        return None
    return "worse" if rank < was else "better"


def defective(entry: Expected) -> bool:
    """Whether the tool itself failed on the claim or on its correction."""
    corrected = entry.get("corrected")
    return entry["verdict"] in DEFECTS or bool(corrected and corrected["verdict"] in DEFECTS)


def _words(entry: Expected) -> str:
    tier = "" if entry["tier"] == Tier.none.name else f" ({entry['tier']})"
    return f"{entry['verdict']}{tier}"
