"""Polynomials of a ring as terms, the functions in them written out, and where these are defined."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq_mpoly

from numerics.laws.ring import Ring
from verify.language.terms import ONE, ZERO, Term, fn, num, sym


def to_term(ring: Ring, f: fmpq_mpoly, names: Sequence[str]) -> Term:
    """A polynomial of the ring as a term, atoms written out; logarithms of weights as of their sizes."""
    total: Term | None = None
    for exponents, c in f.to_dict().items():
        above: list[Term] = []
        below: list[Term] = []
        for k, e in enumerate(exponents):
            if not e:
                continue
            base, side = _generator(ring, k, names), above
            if base.op == "/" and base.args[0] == ONE:
                base, side = base.args[1], below
            side.append(base if e == 1 else fn("**", base, num(int(e))))
        size = abs(Fraction(int(c.p), int(c.q)))
        if size.numerator != 1 or not above:
            above.insert(0, num(size.numerator))
        if size.denominator != 1:
            below.insert(0, num(size.denominator))
        part = _product(above)
        if below:
            part = fn("/", part, _product(below))
        signed = fn("neg", part) if c < 0 else part
        total = signed if total is None else fn("-" if c < 0 else "+", total, part)
    return ZERO if total is None else total


def _positive(ring: Ring, f: fmpq_mpoly) -> bool:
    """Whether every term is positive at a glance: even powers, exponentials and inverses of such sums."""
    def positive_atom(k: int) -> bool:
        atom = ring.atoms[k - ring.plain]
        return atom.kind in ("exp", "root", "power") or (atom.kind == "inverse" and _positive(ring, atom.argument))

    return all(
        c > 0 and all(e % 2 == 0 or (k >= ring.plain and positive_atom(k)) for k, e in enumerate(exponents) if e)
        for exponents, c in f.to_dict().items()
    ) and any(
        all(k >= ring.plain and positive_atom(k) for k, e in enumerate(exponents) if e)
        for exponents in f.to_dict()
    )


def where_defined(ring: Ring, names: Sequence[str]) -> list[Term]:
    """Formulas under which every atom is defined."""
    found = []
    for atom in ring.atoms:
        inner = to_term(ring, atom.argument, names)
        if atom.kind == "inverse" and not _positive(ring, atom.argument):
            found.append(Term("!=", inner, ZERO))
        elif atom.kind in ("log", "root", "power") and not _positive(ring, atom.argument):
            found.append(Term(">", inner, ZERO))
    return found


def _product(factors: list[Term]) -> Term:
    answer = factors[0]
    for f in factors[1:]:
        answer = fn("*", answer, f)
    return answer


def _generator(ring: Ring, k: int, names: Sequence[str]) -> Term:
    if k < ring.plain:
        return sym(names[k])
    atom = ring.atoms[k - ring.plain]
    inner = to_term(ring, atom.argument, names)
    if atom.kind == "inverse":
        return fn("/", ONE, inner)
    if atom.kind == "root":
        return fn("sqrt", inner) if atom.order == 2 else fn("**", inner, num(Fraction(1, atom.order)))
    if atom.kind == "power":
        assert atom.exponent is not None
        return fn("**", inner, to_term(ring, atom.exponent, names))
    if atom.kind == "log" and not _positive(ring, atom.argument):
        return fn("log", fn("abs", inner))
    return fn(atom.kind, inner)
