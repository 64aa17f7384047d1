"""The bench: statements go to the judge and conjectures to the computer algebra, each in a process of its own, once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from verify import sandbox
from verify.evidence import Tier
from verify.judge import Judgement, Settings, judge
from verify.language.terms import Term
from verify.potential.reading import Subject
from verify.provers.budget import PATIENCE
from verify.statement import Domain, Statement
from verify.verdict import Verdict

ALGEBRA_SECONDS = 40.0  # wall time; the machine may be busy
TOTAL_SECONDS = 60.0  # wall time of all questions together
SPENT = "the time for all questions together is over; more with --total"
MEMORY_MB = 2048
T = TypeVar("T")


@dataclass(frozen=True)
class Finding:
    """What the judge said of one statement; ``statement`` is its text."""

    verdict: str
    tier: Tier
    statement: str
    counterexample: Mapping[str, str] | None = None
    detail: str = ""

    @property
    def holds(self) -> bool:
        return self.verdict == "holds"

    @property
    def fails(self) -> bool:
        return self.verdict == "fails"


@dataclass(frozen=True)
class Unknown:
    """No conjecture, and why."""

    why: str


class Bench:
    """seconds: processor time for one statement. until: the clock (``time.monotonic``) at which all work ends.

    Nothing that may take long runs in this process: what is put off to others is killed when its time is over.
    """

    def __init__(self, subject: Subject, seconds: float, until: float = float("inf")) -> None:
        self.subject, self.seconds, self.until = subject, seconds, until
        self._lock = threading.Lock()
        self._done: dict[Any, Future[Any]] = {}

    def judge(self, conclusion: Term, domain: Domain | None = None) -> Finding:
        """The finding on the conclusion, on dom R where no domain is given."""
        statement = Statement(self.subject.domain if domain is None else domain, conclusion)
        return self._once(statement.text, lambda: self._judged(statement))

    def conjecture(self, function: Callable[..., Any], *more: Any) -> Any:
        """What ``verify.potential.conjectures`` says under that name, or ``Unknown``."""
        key = (function.__name__, more)
        return self._once(key, lambda: self._apart(_guessed, (function, self.subject, more), ALGEBRA_SECONDS))

    def work(self, function: Callable[..., T], *args: Any) -> T | Unknown:
        """function(*args), a plain computation that may take long, or ``Unknown``."""
        found: T | Unknown = self._apart(function, args, ALGEBRA_SECONDS)
        return found

    @property
    def left(self) -> float:
        return self.until - time.monotonic()

    def _apart(self, function: Callable[..., Any], args: tuple[Any, ...], seconds: float) -> Any:
        left = self.left
        if left <= 0:
            return Unknown(SPENT)
        outcome = sandbox.run(function, args, seconds=min(seconds, left), memory_mb=MEMORY_MB)
        return Unknown(SPENT) if isinstance(outcome, sandbox.TimedOut) and left < seconds else _value(outcome)

    def _once(self, key: Any, work: Callable[[], Any]) -> Any:
        with self._lock:
            mine = key not in self._done
            future = self._done.setdefault(key, Future())
        if mine:
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)
        return future.result()

    def _judged(self, statement: Statement) -> Finding:
        left, most = self.left, 2 * PATIENCE * self.seconds + 40
        if left <= 0:
            return Finding("undecided", Tier.none, statement.text, detail=SPENT)
        settings = Settings(seconds=self.seconds, seed=self.subject.request.seed, hypotheses=False, simulate=False)
        found = sandbox.run(judge, (statement, settings), seconds=min(most, left), memory_mb=None)
        if not isinstance(found, sandbox.Done):
            detail = SPENT if left < most and self.left <= 0 else "the judge was stopped"
            return Finding("undecided", Tier.none, statement.text, detail=detail)
        return finding(statement, found.value)


def finding(statement: Statement, said: Judgement) -> Finding:
    verdict = said.verdict.name if said.verdict in (Verdict.holds, Verdict.fails) else "undecided"
    tier = said.tier if verdict != "undecided" else Tier.none
    detail = "; ".join(dict.fromkeys(e.method for e in said.evidence if e.result == verdict))
    return Finding(verdict, tier, statement.text, said.counterexample if verdict == "fails" else None, detail)


def _guessed(function: Callable[..., Any], subject: Subject, more: tuple[Any, ...]) -> Any:
    try:
        return function(subject, *more)
    except Exception as error:  # the computer algebra may raise anything; it only ever conjectures
        text = " ".join(str(error).split())
        return Unknown(text[:160] or type(error).__name__)


def _value(outcome: Any) -> Any:
    if isinstance(outcome, sandbox.Done):
        return outcome.value
    if isinstance(outcome, sandbox.TimedOut):
        return Unknown(f"the computer algebra was stopped after {outcome.seconds:.0f} s")
    if isinstance(outcome, sandbox.OutOfMemory):
        return Unknown("the computer algebra was out of memory")
    return Unknown("the computer algebra was stopped")


def together(*findings: Finding) -> tuple[str, Tier, Mapping[str, str] | None]:
    """(verdict, tier, counterexample) of the conjunction."""
    failing = [f for f in findings if f.fails]
    if failing:
        best = max(failing, key=lambda f: f.tier)
        return "fails", best.tier, best.counterexample
    if all(f.holds for f in findings):
        return "holds", min(f.tier for f in findings), None
    return "undecided", Tier.none, None
