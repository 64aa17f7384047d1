"""All questions on one parameterization, each group of them in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from verify import sandbox
from verify.language.errors import LanguageError
from verify.reparam.answers import Answer, Answered, BadRequest, undecided
from verify.reparam.reading import Request
from verify.reparam.subject import Subject, subject

SECONDS = 20.0
MEMORY_MB = 3072
AT_ONCE = 2
HEAVY = ("sympy", "numpy", "flint", "numerics.laws", "verify.reparam.algebra", "verify.reparam.mirror")


@dataclass(frozen=True)
class Report(Answered):
    """What was found out about theta = G(w).

    coordinates: G as read, empty for a large network. answers: in the order of the questions; one is found by its id,
    ``report["number"]``. seconds: how long all of it took.
    """

    request: Request
    weights: tuple[str, ...]
    constants: tuple[str, ...]
    coordinates: tuple[str, ...]
    answers: tuple[Answer, ...]
    seconds: float

    @property
    def status(self) -> int:
        """0: every question is decided and every law that was stated holds; 1: not so."""
        stated = [a for a in self.answers if a.id.startswith("law-")]
        return int(any(a.verdict == "undecided" for a in self.answers) or any(a.verdict != "holds" for a in stated))

    def draw(self, path: str | Path) -> None:
        """The phase portrait of two weights, .svg or .png; raises ``NoPicture``, a ``ValueError``."""
        from verify.reparam.plots import draw

        draw(self, Path(path))

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "reparam": {
                "expressions": list(self.coordinates), "preset": self.request.preset or None,
                "given": list(self.request.given), "weights": list(self.weights), "constants": list(self.constants),
                "seed": self.request.seed,
            },
            "answers": [a.as_json() for a in self.answers],
            "seconds": round(self.seconds, 3),
        }  # fmt: skip


def examine(request: Request, seconds: float = SECONDS) -> Report:
    """Everything the theory says of the parameterization; raises ``BadRequest`` for what cannot be read.

    seconds: the time that one group of questions may take; what is not done then comes out as undecided.
    """
    begun = time.monotonic()
    sandbox.preload(HEAVY)
    head = _alone(_algebra, request, seconds, "algebra")
    if isinstance(head, str):
        return Report(request, (), (), request.expressions, (_late("algebra", head),), time.monotonic() - begun)
    about, answers, single = head
    tasks: list[tuple[str, Callable[..., list[Answer]], tuple]] = [
        ("regular-everywhere", _regular_everywhere, ()), ("saddles", _saddles, ()), ("escape", _escape, ()),
        *((f"metric{i + 1}", _metric, (i,)) for i in single),
    ]  # fmt: skip
    flow = next(a for a in answers if a.id == "mirror-flow")
    if flow.verdict == "holds" and len(single) < len(about[2]):
        tasks.append(("metric", _joint, ()))  # of those that share weights
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = list(pool.map(lambda t: _group(t[0], t[1], request, seconds, t[2]), tasks))
    for part in parts:
        answers += part
    weights, constants, shown = about
    return Report(request, weights, constants, shown, tuple(answers), time.monotonic() - begun)


def _group(
    name: str, function: Callable[..., list[Answer]], request: Request, seconds: float, more: tuple
) -> list[Answer]:
    found = _alone(function, request, seconds, name, *more)
    return [_late(name, found)] if isinstance(found, str) else found


def _alone(function: Callable[..., Any], request: Request, seconds: float, name: str, *more: Any) -> Any:
    """The value of the function in a process of its own, or a line that says why there is none."""
    outcome = sandbox.run(_guarded, (function, request, more), seconds=seconds, memory_mb=MEMORY_MB)
    if isinstance(outcome, sandbox.Done):
        kind, value = outcome.value
        if kind == "bad":
            raise BadRequest(value)
        return value
    if isinstance(outcome, sandbox.TimedOut):
        return f"the time of {seconds:g} s was over"
    if isinstance(outcome, sandbox.OutOfMemory):
        return f"the memory of {MEMORY_MB} MB was used up"
    return "too large to be worked with" if "RecursionError" in outcome.detail else outcome.detail


def _late(name: str, why: str) -> Answer:
    more = "more --seconds, or a smaller parameterization"
    return undecided(name, f"The group of questions called {name}.", why, more)


def _guarded(function: Callable[..., Any], request: Request, more: tuple) -> tuple[str, Any]:
    try:
        return "done", function(request, *more)
    except LanguageError as error:
        return "bad", " ".join(str(error).split())


def _timed(function: Callable[[], Answer | list[Answer]]) -> list[Answer]:
    begun = time.monotonic()
    found = function()
    answers = found if isinstance(found, list) else [found]
    spent = (time.monotonic() - begun) / max(len(answers), 1)
    return [replace(a, seconds=spent) for a in answers]


def _algebra(request: Request) -> tuple[tuple[tuple[str, ...], ...], list[Answer], list[int]]:
    from verify.language.printing import to_text
    from verify.reparam import algebra, escape, flows, mirror, potential

    it = subject(request)
    flows.index(request.q)
    escape.scale(request.scale)
    begun = time.monotonic()
    found = algebra.Algebra(it)
    spent = time.monotonic() - begun
    answers: list[Answer] = []
    (regular,) = _timed(lambda: algebra.regular(found))
    (commuting,) = _timed(lambda: algebra.commuting(found))
    answers += [regular, commuting]
    answers += [replace(a, seconds=a.seconds + spent) for a in _timed(lambda: algebra.laws(found))]
    for function in (algebra.number, algebra.claimed, flows.steepest, mirror.mirror):
        answers += _timed(lambda f=function: f(found))  # type: ignore[misc]
    answers.append(potential.induced(regular, commuting))
    shown = tuple(to_text(t) for t in it.small.terms) if it.small is not None else ()
    constants = it.small.constants if it.small is not None else ()
    return (it.names[: it.weights], constants, shown), answers, potential.alone(it)


def _regular_everywhere(request: Request) -> list[Answer]:
    from verify.reparam.landscape import regular_everywhere

    it = subject(request)
    return _timed(lambda: regular_everywhere(it))


def _saddles(request: Request) -> list[Answer]:
    from verify.reparam.landscape import saddles

    it = subject(request)
    return _timed(lambda: saddles(it))


def _escape(request: Request) -> list[Answer]:
    from verify.reparam.escape import escape

    it = subject(request)
    return _timed(lambda: escape(it))


def _joint(request: Request) -> list[Answer]:
    from verify.reparam.joint import joint

    it = subject(request)
    return _timed(lambda: joint(it))


def _metric(request: Request, i: int) -> list[Answer]:
    from verify.reparam.potential import metric

    it: Subject = subject(request)
    return _timed(lambda: metric(it, i))
