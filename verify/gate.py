"""The gate: where a run falls short of the lock file.

Worse is: another verdict, unless an undecided one was decided; a verdict that became vacuous; a lower tier; a narrower
scope; a figure of an experiment that left its budget; a claim or figure of the lock file that was not looked at; and
always an ``error`` or a ``conflict``, which are defects of the tool.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from verify.evidence import Tier
from verify.lock import Expected, Figure, expected
from verify.records import Record

Change = Literal["worse", "better", "new", "missing"]
# what changed, the worst first
KINDS = ("defect", "refuted", "missing", "verdict", "vacuous", "figure", "tier", "scope", "new")
DEFECTS = ("error", "conflict")
OPEN = ("undecided", *DEFECTS)


@dataclass(frozen=True)
class Difference:
    """One claim or figure that differs from what the lock file says; ``text`` is one line, ``kind`` one of KINDS."""

    id: str
    change: Change
    text: str
    kind: str = "verdict"

    @property
    def blocks(self) -> bool:
        return self.change in ("worse", "missing")


def worst_first(differences: Iterable[Difference]) -> list[Difference]:
    """What blocks before what does not, defects and refutations before weaker evidence, then by id."""
    return sorted(differences, key=lambda d: (not d.blocks, d.change == "new", KINDS.index(d.kind), d.id, d.text))


def compare(
    records: Iterable[Record], lock: Mapping[str, Expected], *, partial: bool = False, must_hold: bool = False
) -> list[Difference]:
    """The differences, by claim id.

    partial: claims of the lock file that were not verified are no difference. must_hold: a claim that the lock file
    does not know is worse unless it holds and is not vacuous, and so is an undecided one that turns out to fail.
    """
    here = {record["id"]: record for record in records}
    found = [] if partial else [
        Difference(name, "missing", f"{_words(lock[name])} in the lock file, but it was not verified", "missing")
        for name in lock if name not in here
    ]  # fmt: skip
    for name, record in here.items():
        now = expected(record)
        if name not in lock:
            stands = now["verdict"] == "holds" and not now.get("vacuous")
            change: Change = "worse" if defective(now) or (must_hold and not stands) else "new"
            found.append(Difference(name, change, f"{_words(now)}, not in the lock file", _kind(now, "new")))
            continue
        for text, change, kind in _changes(now, lock[name]):
            refuted = must_hold and kind == "refuted" and change == "better"
            found.append(Difference(name, "worse" if refuted else change, text, kind))
    return sorted(found, key=lambda d: (d.id, d.text))


def compare_figures(
    now: Mapping[str, Figure], lock: Mapping[str, Figure], *, partial: bool = False
) -> list[Difference]:
    """The figures (``experiment/quantity``) that left the budget of the lock file, or are only on one side."""
    found: list[Difference] = []
    for name in sorted({*now, *lock}):
        if name not in lock:
            found.append(Difference(name, "new", f"{_figure(now[name])}, not in the lock file", "new"))
        elif name not in now:
            if not partial:
                text = f"{_figure(lock[name])} in the lock file, but there is no result"
                found.append(Difference(name, "missing", text, "missing"))
        else:
            lost, was_lost = now[name]["not_finite"], lock[name]["not_finite"]
            text = f"{_figure(lock[name])} became {_figure(now[name])}"
            if lost != was_lost:
                found.append(Difference(name, "worse" if lost > was_lost else "better", text, "figure"))
            elif _gone(now[name], lock[name]):
                found.append(Difference(name, "worse", text, "figure"))
    return found


def _gone(now: Figure, then: Figure) -> bool:
    """Whether the median left the budget; not, where neither run has one."""
    median, was = now["median"], then["median"]
    if median is None or was is None:
        return (median is None) != (was is None)
    return not abs(median - was) <= then["budget"]


def _changes(now: Expected, then: Expected) -> list[tuple[str, Change, str]]:
    found = _one(now, then)
    mended, was_mended = now.get("corrected"), then.get("corrected")
    if mended and was_mended:
        found += [(f"corrected: {text}", change, kind) for text, change, kind in _one(mended, was_mended)]
    elif was_mended:
        found.append((f"the corrected statement ({_words(was_mended)}) is gone", "worse", "verdict"))
    elif mended:
        change: Change = "worse" if defective(mended) else "new"
        found.append((f"corrected: {_words(mended)}, not in the lock file", change, _kind(mended, "new")))
    return found


def _one(now: Expected, then: Expected) -> list[tuple[str, Change, str]]:
    """What changed between two statements: verdict or tier; where neither did, that it is vacuous, or its scope."""
    words = f"{_words(then)} became {_words(now)}"
    if now["verdict"] in DEFECTS:
        return [(words, "worse", "defect")]
    if now["verdict"] != then["verdict"]:
        return [(words, "better" if then["verdict"] in OPEN else "worse", _kind(now, "verdict"))]
    if bool(now.get("vacuous")) != bool(then.get("vacuous")):
        return [(words, "worse" if now.get("vacuous") else "better", "vacuous")]
    rank, was_rank = Tier[now["tier"]], Tier[then["tier"]]
    if rank != was_rank:
        return [(words, "worse" if rank < was_rank else "better", "tier")]
    scope, was = now.get("scope", ""), then.get("scope", "")
    if scope == was:
        return []
    text = f"scope {was or 'all that is claimed'!r} became {scope or 'all'!r}"
    return [(text, "worse" if scope else "better", "scope")]


def _kind(now: Expected, otherwise: str) -> str:
    if defective(now):
        return "defect"
    return "refuted" if now["verdict"] == "fails" else otherwise


def defective(entry: Expected) -> bool:
    """Whether the tool itself failed on the claim or on its correction."""
    corrected = entry.get("corrected")
    return entry["verdict"] in DEFECTS or bool(corrected and corrected["verdict"] in DEFECTS)


def _words(entry: Expected) -> str:
    remarks = [entry["tier"]] * (entry["tier"] != Tier.none.name) + ["vacuous"] * bool(entry.get("vacuous"))
    return f"{entry['verdict']} ({', '.join(remarks)})" if remarks else str(entry["verdict"])


def _figure(figure: Figure) -> str:
    median = "not finite" if figure["median"] is None else f"{figure['median']:.6g} +- {figure['budget']:.2g}"
    return median + (f" ({figure['not_finite']} seeds not finite)" if figure["not_finite"] else "")
