"""All questions on one potential."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from verify import sandbox
from verify.language.errors import LanguageError, did_you_mean
from verify.language.printing import to_text
from verify.language.terms import fn
from verify.potential.bench import MEMORY_MB, TOTAL_SECONDS, Bench, Unknown
from verify.potential.reading import Interval, Request, Subject, read
from verify.reparam.answers import Answer, Answered, BadRequest, undecided

SECONDS = 5.0
AT_ONCE = 2
HEAVY = ("sympy", "flint", "numpy", "verify.potential.questions", "verify.potential.natural",
         "verify.potential.conjectures")  # fmt: skip


@dataclass(frozen=True)
class Report(Answered):
    """What was found out about R. An answer is found by its id, ``report["horizon"]``."""

    subject: Subject
    answers: tuple[Answer, ...]
    seconds: float

    @property
    def status(self) -> int:
        """0: every question is decided; 1: not so."""
        return int(any(a.verdict == "undecided" for a in self.answers))

    def draw(self, path: str | Path) -> None:
        """R, R', 1/R'' and the way to the horizon, as .svg or .png; raises ``NoPicture``, a ``ValueError``."""
        from verify.potential.plots import draw

        draw([self], Path(path))

    def as_json(self) -> dict[str, Any]:
        it = self.subject
        return {
            "schema": 1,
            "potential": {
                "expression": to_text(it.R), "variable": it.x, "given": list(it.request.given),
                "domain": it.interval.text, "parameters": [n for n, _ in it.parameters], "seed": it.request.seed,
            },
            "answers": [a.as_json() for a in self.answers],
            "seconds": round(self.seconds, 3),
        }  # fmt: skip


def examine(
    request: Request, seconds: float = SECONDS, ask: tuple[str, ...] = (), total: float = TOTAL_SECONDS
) -> Report:
    """Everything the theory says of the potential; raises ``BadRequest`` for what cannot be read.

    seconds: processor time that one statement may take. ask: names of groups of questions (default: all). total: wall
    time after which nothing more is worked out; what is open then is undecided.
    """
    from verify.potential.questions import GROUPS

    begun = time.monotonic()
    try:
        subject = read(request)
    except LanguageError as error:
        raise BadRequest(" ".join(str(error).split())) from None
    for name in ask:
        if name not in GROUPS:
            raise BadRequest(f"no group of questions is called {name[:40]!r}{did_you_mean(name, GROUPS)}; "
                             f"there are {', '.join(GROUPS)}")  # fmt: skip
    _preload()
    bench = _placed(Bench(subject, seconds, begun + total))
    subject = bench.subject
    chosen = [(n, f) for n, f in GROUPS.items() if not ask or n in ask]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = list(pool.map(lambda g: _group(g[0], g[1], bench), chosen))
    return Report(subject, tuple(a for part in parts for a in part), time.monotonic() - begun)


def _preload() -> None:
    """What each of the many processes would load anew: a third of a second a statement."""
    from verify.checker import PROOFS, REFUTATIONS
    from verify.judge import PROVERS
    from verify.runner import LATE

    checkers = sorted({module for module, _ in (*PROOFS.values(), *REFUTATIONS.values())})
    sandbox.preload((*HEAVY, *PROVERS, *LATE, *checkers))


def _placed(bench: Bench) -> Bench:
    """With the interval looked for where no bounds were given and R has no value on all of the line."""
    from verify.potential import natural
    from verify.provers.budget import Budget
    from verify.provers.refute import find_witness

    subject = bench.subject
    if subject.domain.hypotheses:
        found = sandbox.run(find_witness, (subject.domain, Budget(2.0, subject.request.seed)), 8.0, MEMORY_MB)
        if isinstance(found, sandbox.Done) and found.value is None:
            raise BadRequest("given: no values are found that meet it; the hypotheses may exclude each other")
    if subject.stated or bench.judge(fn("==", subject.R, subject.R)).holds:
        return bench
    guess = bench.conjecture(natural.interval)
    if isinstance(guess, Unknown) and guess.why == natural.NOWHERE:
        mend = f"give the domain, as in --given '{subject.x} > 0'"
        raise BadRequest(f"expression: {natural.NOWHERE}; {mend}")
    return Bench(subject.on(guess), bench.seconds, bench.until) if isinstance(guess, Interval) else bench


def _group(name: str, function: Callable[[Bench], list[Answer]], bench: Bench) -> list[Answer]:
    begun = time.monotonic()
    try:
        answers = function(bench)
    except (ArithmeticError, ValueError, LookupError, TypeError, NotImplementedError, RecursionError) as error:
        text = " ".join(str(error).split())[:160] or type(error).__name__
        return [undecided(name, f"The group of questions called {name}.", f"not worked out: {text}", "a simpler R")]
    spent = (time.monotonic() - begun) / max(len(answers), 1)
    return [replace(a, seconds=spent) for a in answers]


