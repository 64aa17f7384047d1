"""Signs and definedness of terms over a whole domain, proved cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from itertools import product

from verify.clock import now
from verify.exact.cells import Outcome, OutOfTime, Tree, explore
from verify.exact.errors import NotDefined, Split, Unsupported
from verify.exact.ring import Quotient, generators_in
from verify.exact.signbook import ALL, Signs
from verify.exact.tower import Tower
from verify.language.calculus import NotDifferentiable, bodies, expand, smoothness
from verify.language.evaluate import Undefined, truth
from verify.language.terms import ZERO, Term, fn, walk
from verify.statement import Domain

SECONDS = 2.0
SMALL = tuple(Fraction(v) for v in ("1", "2", "-1", "1/2", "3"))
OUTSIDE = frozenset(("integrate", "limit", "Sum", "Product", "expect", "ddt"))  # no relation at points has them
AT_KINK = "a derivative at a kink"
Put = Callable[[Term], Term]


def guarded(tower: Tower, put: Put, term: Term) -> Quotient:
    """The element of a term whose derivatives are worked out, where they are the derivatives.

    Raises Unsupported at a kink, where the rule for the derivative says nothing, and NotDefined only where the term
    has no value: a derivative may exist where its rule divides by zero.
    """
    try:
        worked = expand(term)
        if worked == term:
            return tower.element(put(term))
        for f in (t.args[0] for t in walk(term) if t.op == "diff"):
            if not any(t.op == "diff" for t in walk(f)):
                tower.element(put(f))
    except NotDifferentiable as e:
        raise Unsupported(str(e)) from None
    try:
        for body in bodies(term):
            tower.element(put(expand(body)))
        for s in smoothness(term):
            _need_smooth(tower, put, expand(s))
        return tower.element(put(worked))
    except NotDifferentiable as e:
        raise Unsupported(str(e)) from None
    except NotDefined:
        raise Unsupported(AT_KINK) from None


def _need_smooth(tower: Tower, put: Put, s: Term) -> None:
    """s is nonzero; ``Max(abs(u), r)`` is, where u is nonzero or r is positive."""
    if s.op == "Max" and s.args[0].op == "abs":
        u = tower.element(put(s.args[0].args[0]))
        if not u.num.is_zero() and 0 not in tower.sign_set(u):
            return
        r = tower.element(put(s.args[1]))
        if tower.sign_set(r) == frozenset((1,)):
            return
        if not u.num.is_zero() and tower.sign(u) != 0:
            return
        if tower.sign(r) == 1:
            return
        raise Unsupported(AT_KINK)
    try:
        tower.need_nonzero(tower.element(put(s)).num, "kink")
    except NotDefined:
        raise Unsupported(AT_KINK) from None


def sign_task(term: Term, wanted: Signs | None = None) -> Callable[[Tower, Put], Signs]:
    """The signs of a term on a cell; cuts along variables of unknown sign while that may help to stay in ``wanted``."""

    def task(tower: Tower, put: Put) -> Signs:
        q = guarded(tower, put, term)
        found = tower.sign_set(q)
        if wanted is not None and not found <= wanted:
            for k in generators_in(q.num):
                g = tower.generators[k]
                if g.kind == "var" and len(tower.signs.poly(tower.gen(k))) > 1:
                    raise Split(g.meaning, zero_only=False)
        return found

    return task


def run_on_cells(
    domain: Domain, task: Callable[[Tower, Put], object], seconds: float, logs: bool = False, tree: Tree | None = None
) -> list[Outcome] | None:
    """The outcomes of a task on the cells that it needs (``tree``: their cuts), or None where the time is over."""
    try:
        return explore(domain, task, deadline=now() + seconds, logs=logs, tree=tree)
    except OutOfTime:
        return None


@lru_cache(maxsize=4096)
def signs(term: Term, domain: Domain, seconds: float = SECONDS) -> Signs:
    """A proven superset of the signs that the term takes on the domain; ALL where nothing is known.

    Where the term is undefined somewhere on the domain, nothing is claimed: the answer is ALL.
    """
    outcomes = run_on_cells(domain, sign_task(term), seconds)
    if outcomes is None or any(o.stop is not None for o in outcomes):
        return ALL
    found: frozenset[int] = frozenset()
    for o in outcomes:
        found |= o.value  # type: ignore[operator]
    return found


@lru_cache(maxsize=4096)
def signs_toward(term: Term, domain: Domain, wanted: Signs, seconds: float = SECONDS) -> Signs:
    """Like ``signs``, cutting along variables too while the answer is not inside ``wanted``."""
    outcomes = run_on_cells(domain, sign_task(term, wanted), seconds)
    if outcomes is None or any(o.stop is not None for o in outcomes):
        return ALL
    found: frozenset[int] = frozenset()
    for o in outcomes:
        found |= o.value  # type: ignore[operator]
    return found


@lru_cache(maxsize=4096)
def defined(term: Term, domain: Domain, seconds: float = SECONDS) -> bool:
    """True only if the term is proved to have a value everywhere on the domain."""
    outcomes = run_on_cells(domain, lambda tower, put: guarded(tower, put, term), seconds)
    return outcomes is not None and all(o.stop is None for o in outcomes)


@lru_cache(maxsize=4096)
def is_zero(term: Term, domain: Domain, seconds: float = SECONDS) -> bool | None:
    """True: proved to vanish on the whole domain. False: proved nonzero somewhere. None: not known."""
    for logs in (False, True):
        outcomes = run_on_cells(domain, lambda tower, put: guarded(tower, put, term).num.is_zero(), seconds, logs)
        if outcomes is None:
            continue
        if outcomes and all(o.value is True for o in outcomes):
            return True
        if not any(t.op in ("asinh", "acosh", "atanh") for t in walk(term)):
            break
    s = signs(term, domain, seconds)
    if 0 not in s:
        return False if s else None
    return _nonzero_somewhere(term, domain)


def _nonzero_somewhere(term: Term, domain: Domain) -> bool | None:
    """False where the term is certainly nonzero at one of a few small points of the domain."""
    claim = fn("!=", expand(term), ZERO)
    tries = product(SMALL, repeat=len(domain.names)) if len(domain.names) <= 4 else ()
    for values in tries:
        point = dict(zip(domain.names, values, strict=True))
        try:
            if all(truth(h, point) is True for h in domain.hypotheses) and truth(claim, point) is True:
                return False
        except Undefined:
            continue
    return None
