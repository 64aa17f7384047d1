"""Laws along a flow, simulated: solutions from seeded starts within the hypotheses, the law compared along them.

Each start is an exact point of the domain; the parameters keep their values and the state is followed as a solution in
Filippov's sense, sliding included, with every surface located on which a term of the flow or of the law has a kink. The
law is compared at times inside each piece. It ``agrees`` where every violation lies within the error budget,
``disagrees`` where one is far beyond it on a second, finer run too. Where doubles leave a time open, or show a
violation, the path is enclosed up to it where that can be done, else, where it meets no kink, integrated with many
digits. Neither answer is a proof, and neither makes a verdict.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from verify.evidence import Evidence, Tier, undecided
from verify.language.terms import RELATIONS, walk
from verify.provers.budget import Budget
from verify.statement import Statement

if TYPE_CHECKING:
    from numerics.flows import SwitchedField, Track
    from verify.provers.simulating.laws import Comparison, Law

METHOD = "simulation along the flow"
STARTS = 6
DRAWS = 400
LARGEST = Fraction(20)  # of the values of a start: beyond it short times see nothing
SMALLEST = Fraction(1, 50)
FLOOR = 1e-8  # violations below this, relative to the sides, are rounding
CLEAR = 1e-5  # violations beyond this, relative to the sides, are seen
TRUST = 100.0  # and beyond so many error budgets
MOST_LOOKS = 1  # at times once more, at one statement
MOST_OPEN = 0.2  # of the times, beyond which nothing is said
COARSER, FINER = 1e-10, 1e-12  # tolerances of the integrator
STEPS, EVENTS = 600, 12  # of one path, at most


def applies(statement: Statement) -> bool:
    """Whether the conclusion is one relation, or ``conserved``, about derivatives along the statement's flow."""
    c = statement.conclusion
    if not statement.flow or c.op not in (*RELATIONS, "conserved") or c.op == "!=":
        return False
    moving = {name for name, _ in statement.flow}
    if any(sort == "integer" and name in moving for name, sort in statement.domain.variables):
        return False
    if any(t.op in ("ddt", "conserved") for h in statement.domain.hypotheses for t in walk(h)):
        return False
    return c.op == "conserved" or any(t.op == "ddt" for t in walk(c))


@dataclass
class Tally:
    """What was seen along all paths."""

    paths: int = 0
    slides: int = 0
    switches: int = 0
    times: int = 0
    worst: float = 0.0  # the largest violation relative to the sides of the law
    budget: float = 0.0
    open: int = 0
    far: list[str] = field(default_factory=list)
    looks: int = 0  # with many digits, or in balls
    enclosed: int = 0  # of these, in balls


def load() -> None:
    """Import what a simulation needs, so that its budget is spent on paths alone."""
    import verify.provers.attacks.points
    import verify.provers.simulating.laws  # noqa: F401


def prove(statement: Statement, budget: Budget) -> Evidence:
    """``agrees`` or ``disagrees`` at the tier ``simulated``; ``undecided`` where no path could be compared."""
    from verify.provers.simulating.branches import Unsupported
    from verify.provers.simulating.laws import read

    if not applies(statement):
        return undecided(METHOD, "not a law along a flow")
    try:
        law = read(statement)
    except Unsupported as error:
        return undecided(METHOD, str(error))
    tally, reason = Tally(), "no start within the hypotheses was found"
    for number, point in enumerate(_starts(statement, budget)):
        if budget.spent or number >= STARTS:
            break
        reason = _path(statement, law, point, number, tally) or reason
    return _said(tally, reason, budget)


def _path(statement: Statement, law: Law, point: dict[str, Fraction], number: int, tally: Tally) -> str:
    """Adds the path from a start to the tally; returns why it could not be compared, or nothing."""
    from verify.provers.simulating.branches import Branches, Unsupported
    from verify.provers.simulating.laws import Watch

    state = tuple(name for name, _ in statement.flow)
    parameters = {n: v for n, v in point.items() if n not in state}
    branches = Branches(state, parameters)
    try:
        watch = Watch(statement, law, branches, [branches.branch(f) for _, f in statement.flow])
    except Unsupported as error:
        return str(error)
    start, values = [float(point[n]) for n in state], {n: float(v) for n, v in parameters.items()}
    track = _followed(watch.field, start, number)
    if track is None:
        return "the flow could not be followed"
    seen = list(watch.compare(track, values))
    if tally.looks < MOST_LOOKS:
        seen = _closer(statement, law, point, seen, tally, smooth=not watch.field.count)
    if not seen:
        return "no time of a path lies within the hypotheses"
    tally.paths += 1
    tally.slides += any(piece.sliding for piece in track.pieces)
    tally.switches += len(track.events)
    for c in seen:
        tally.times += 1
        kind = _kind(c)
        tally.worst = max(tally.worst, c.violation / c.scale if kind != "open" else 0.0)
        if kind == "within":
            tally.budget = max(tally.budget, c.error / c.scale if not c.margin else 0.0)
        tally.open += kind == "open"
    far = [c for c in seen if _kind(c) == "far"]
    if far:
        finer = _followed(watch.field, start, number, FINER)
        if finer is not None and any(_kind(c) == "far" for c in watch.compare(finer, values)):
            tally.far.append(_story(far[0], point))
    return ""


def _closer(
    statement: Statement, law: Law, point: dict[str, Fraction], seen: list[Comparison], tally: Tally, *, smooth: bool
) -> list[Comparison]:  # fmt: skip
    """The first time that is open or far off, looked at once more: in balls, else on a smooth path with many digits."""
    from verify.provers.simulating.digits import NoDigits, sides
    from verify.provers.simulating.laws import compared
    from verify.provers.simulating.tubes import enclosed_sides

    k = next((k for k, c in enumerate(seen) if _kind(c) != "within"), None)
    if k is None:
        return seen
    c, time = seen[k], max(seen[k].time, seen[k].width)
    try:
        left, right, error = enclosed_sides(law, statement.flow, point, time)
        tally.enclosed += 1
    except NoDigits:
        if not smooth:
            return seen
        tally.looks += 1
        try:
            left, right, error = sides(law, statement.flow, point, time, c.width)
        except NoDigits:
            return seen
    else:
        tally.looks += 1
    scale = 1.0 + abs(left) + abs(right)
    best = compared(law.relation, time, left - right, error, scale, c.sliding, c.width)
    if _kind(c) == "far" and _kind(best) != "far":
        return [b for b in seen if _kind(b) != "far"]  # what doubles show there is not to be trusted
    return [*seen[:k], best, *seen[k + 1 :]]


def _kind(c: Comparison) -> str:
    """Whether the law is met within the error budget, is far off, or whether that stays open."""
    if c.violation > CLEAR * c.scale and c.violation > TRUST * c.error:
        return "far"
    settled = c.error <= CLEAR * c.scale or c.margin > 10 * c.error
    return "within" if settled and c.violation <= max(FLOOR * c.scale, 10 * c.error) else "open"


def _story(c: Comparison, point: dict[str, Fraction]) -> str:
    from verify.language.printing import number_text

    at = ", ".join(f"{name} = {number_text(value)}" for name, value in point.items())
    how = ", sliding" if c.sliding else ""
    return f"at time {c.time:.4g}{how} from {at} the law is off by {c.violation:.3g}"


def _said(tally: Tally, reason: str, budget: Budget) -> Evidence:
    import numpy

    if not tally.times:
        return undecided(METHOD, reason)
    detail = f"{tally.paths} paths, {tally.times} times, {tally.switches} switches, {tally.slides} paths with sliding"
    detail += f"; largest violation {tally.worst:.1e} of the sides, error budget {tally.budget:.1e}"
    if tally.looks:
        detail += f"; one time {'enclosed in balls' if tally.enclosed else 'looked at with 25 digits'}"
    engines = {"numpy": numpy.__version__}
    if tally.far:
        return Evidence(
            Tier.simulated, METHOD, "disagrees", f"{tally.far[0]}; {detail}", engines=engines, seed=budget.seed
        )
    if tally.open:
        detail += f"; open at {tally.open} of the times"
    if tally.open > MOST_OPEN * tally.times:
        return undecided(METHOD, detail, Tier.simulated)
    return Evidence(Tier.simulated, METHOD, "agrees", detail, engines=engines, seed=budget.seed)


# ---- starts and paths ------------------------------------------------------------------------------------------
def _starts(statement: Statement, budget: Budget) -> Iterator[dict[str, Fraction]]:
    """Exact points of moderate size at which every hypothesis is certainly true, random and simple ones."""
    from verify.language.evaluate import Undefined, truth
    from verify.language.terms import Term
    from verify.provers.attacks.points import Sampler

    domain = statement.domain
    for name, _ in statement.flow:
        domain = domain if name in domain.names else domain.declaring(name)
    sides = tuple(Term("==", f, f) for _, f in statement.flow)
    sampler = Sampler(domain, (*sides, *(t for t in walk(statement.conclusion) if t.op in RELATIONS)), budget.seed)
    random = (next(sampler.complete(mixed), mixed) for mixed in iter(sampler.mixture, None))
    integers = {name for name, sort in domain.variables if sort == "integer"}
    seen: set[tuple[Fraction, ...]] = set()
    for drawn, point in enumerate(itertools.chain.from_iterable(zip(random, sampler.points(), random, strict=False))):
        if drawn >= DRAWS or budget.spent:
            return
        key = tuple(point[n] for n in domain.names)
        if key in seen or any(point[n].denominator != 1 for n in integers):
            continue
        seen.add(key)
        if any(v and not SMALLEST <= abs(v) <= LARGEST for v in key):
            continue
        try:
            if all(truth(h, point, rising=False) is True for h in domain.hypotheses):
                yield point
        except Undefined:
            continue


def _followed(field: SwitchedField, start: list[float], number: int, rtol: float = COARSER) -> Track | None:
    """The path from a start over a time in which the state moves by about its own size, or a part of that time."""
    import numpy as np

    from numerics.flows import NoProgress, Selection, Undetermined, follow

    y = np.array(start)
    selection = Selection.leave if number % 2 else Selection.stay
    signs = field.pattern(y)
    velocity = field.mixed(y, np.where(np.isnan(signs), 0.0, signs))
    if not np.all(np.isfinite(velocity)):
        return None
    duration = 0.5 * (1 + float(np.max(np.abs(y), initial=0.0))) / (1e-3 + float(np.max(np.abs(velocity), initial=0.0)))
    duration = min(duration, 1.0)
    levels = field.switches(y)
    rates = field.normals(y, np.where(signs == 0, 1.0, signs)) @ velocity
    with np.errstate(divide="ignore", invalid="ignore"):
        hits = -levels / rates
    soon = [1.6 * float(h) for h in hits if np.isfinite(h) and h > 0]
    duration = min(max(duration, min(soon, default=0.0)), 3.0)
    for _ in range(3):
        try:
            return follow(field, y, duration, rtol=rtol, selection=selection, steps=STEPS, events=EVENTS)
        except (NoProgress, Undetermined):
            duration /= 5
    return None
