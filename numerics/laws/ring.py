"""Polynomials in weights, constants and atoms: elementary functions whose derivatives are polynomials of the same kind.

An atom is 1/P, a root or a power P^r, exp P, log P, sin P or cos P with P a polynomial in what comes before it. An
identity that is found in the ring, with the relations of the atoms used, is one of the functions wherever they are
defined. The converse is not claimed: two atoms may be related in a way that is not known here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flint import arb, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

Kind = Literal["inverse", "root", "power", "exp", "log", "sin", "cos"]
MAX_TERMS = 20_000


class TooLarge(ArithmeticError):
    """A polynomial of more terms than are worked with."""


@dataclass(frozen=True)
class Atom:
    """name: its generator. argument: P. order: q of the root P^(1/q). exponent: r of the power P^r, in constants."""

    name: str
    kind: Kind
    argument: fmpq_mpoly
    order: int = 0
    exponent: fmpq_mpoly | None = None


class Ring:
    """names: the weights, then the constants, then room for atoms; ``weights`` is how many of the first ones move."""

    def __init__(self, weights: Sequence[str], constants: Sequence[str] = (), room: int = 24) -> None:
        self.weights = len(weights)
        self.plain = len(weights) + len(constants)
        spare = [f"atom_{k}" for k in range(room)]
        self.context = fmpq_mpoly_ctx.get([*weights, *constants, *spare])
        self.generators = self.context.gens()
        self.atoms: list[Atom] = []
        self._derived: list[dict[int, fmpq_mpoly]] = []
        self._partner: dict[int, int] = {}

    @property
    def size(self) -> int:
        """How many generators are in use."""
        return self.plain + len(self.atoms)

    def constant(self, value: int | fmpq) -> fmpq_mpoly:
        return self.context.constant(value)

    def checked(self, f: fmpq_mpoly) -> fmpq_mpoly:
        if len(f) > MAX_TERMS:
            raise TooLarge(f"a polynomial has more than {MAX_TERMS} terms")
        return f

    # --- atoms -------------------------------------------------------------------------------------------------

    def atom(self, kind: Kind, argument: fmpq_mpoly, order: int = 0, exponent: fmpq_mpoly | None = None) -> fmpq_mpoly:
        """The generator of the atom, made where there is none yet."""
        for k, known in enumerate(self.atoms):
            same = known.kind == kind and known.argument == argument and known.order == order
            if same and known.exponent == exponent:
                return self.generators[self.plain + k]
        if kind in ("sin", "cos"):
            return self._circular(argument)[kind == "cos"]
        place = self._new(Atom("", kind, argument, order, exponent))
        u = self.generators[place]
        if kind == "inverse":
            outer = -u * u
        elif kind == "root":
            outer = u * self.atom("inverse", argument) / order
        elif kind == "power":
            assert exponent is not None
            outer = exponent * u * self.atom("inverse", argument)
        elif kind == "exp":
            outer = u
        else:
            outer = self.atom("inverse", argument)
        self._derived[place - self.plain] = self._chain(outer, argument)
        return u

    def _circular(self, argument: fmpq_mpoly) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        s, c = self._new(Atom("", "sin", argument)), self._new(Atom("", "cos", argument))
        sine, cosine = self.generators[s], self.generators[c]
        self._derived[s - self.plain] = self._chain(cosine, argument)
        self._derived[c - self.plain] = self._chain(-sine, argument)
        self._partner[c] = s
        return sine, cosine

    def _new(self, atom: Atom) -> int:
        place = self.size
        if place >= len(self.generators):
            raise TooLarge(f"more than {len(self.generators) - self.plain} different functions")
        self.atoms.append(Atom(str(self.generators[place]), *_fields(atom)))
        self._derived.append({})
        return place

    def _chain(self, outer: fmpq_mpoly, argument: fmpq_mpoly) -> dict[int, fmpq_mpoly]:
        parts = {a: self.derivative(argument, a) for a in range(self.weights)}
        return {a: outer * part for a, part in parts.items() if part != 0}

    # --- calculus ----------------------------------------------------------------------------------------------

    def derivative(self, f: fmpq_mpoly, a: int) -> fmpq_mpoly:
        """df/dw_a, atoms differentiated by the chain rule."""
        degrees = f.degrees()
        total = f.derivative(a)
        for k, parts in enumerate(self._derived):
            if degrees[self.plain + k] > 0 and a in parts:
                total += f.derivative(self.plain + k) * parts[a]
        return self.checked(total)

    def gradient(self, f: fmpq_mpoly) -> list[fmpq_mpoly]:
        return [self.derivative(f, a) for a in range(self.weights)]

    def along(self, field: Sequence[fmpq_mpoly], f: fmpq_mpoly) -> fmpq_mpoly:
        """The derivative of f along a vector field."""
        total = self.constant(0)
        for a, part in enumerate(field):
            if part != 0:
                total += part * self.derivative(f, a)
        return self.checked(total)

    def bracket(self, x: Sequence[fmpq_mpoly], y: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
        """[X, Y] = Y'X - X'Y."""
        return [self.reduced(self.along(x, v) - self.along(y, u)) for u, v in zip(x, y, strict=True)]

    def reduced(self, f: fmpq_mpoly) -> fmpq_mpoly:
        """An equal polynomial of lower degree in roots, cosines and inverses."""
        for k in range(len(self.atoms) - 1, -1, -1):
            atom, place = self.atoms[k], self.plain + k
            degree = f.degrees()[place]
            if atom.kind == "root" and degree >= atom.order:
                f = self._replace(f, place, atom.order, atom.argument)
            elif atom.kind == "cos" and degree >= 2:
                sine = self.generators[self._partner[place]]
                f = self._replace(f, place, 2, 1 - sine**2)
            elif atom.kind == "inverse" and degree > 0:
                f = self._cancelled(f, place, atom.argument)
        return self.checked(f)

    def _replace(self, f: fmpq_mpoly, place: int, power: int, by: fmpq_mpoly) -> fmpq_mpoly:
        """f with every u^power replaced."""
        total = self.constant(0)
        for e, part in _by_power(f, place).items():
            total += self.context.from_dict(part) * by ** (e // power) * self.generators[place] ** (e % power)
        return total

    def _cancelled(self, f: fmpq_mpoly, place: int, argument: fmpq_mpoly) -> fmpq_mpoly:
        """f with every multiple of P in a coefficient of u^e, u = 1/P, taken to u^(e-1)."""
        parts = {e: self.context.from_dict(part) for e, part in _by_power(f, place).items()}
        for e in range(max(parts), 0, -1):
            whole, rest = divmod(parts.get(e, self.constant(0)), argument)
            parts[e] = rest
            parts[e - 1] = parts.get(e - 1, self.constant(0)) + whole
        total = self.constant(0)
        for e, part in parts.items():
            total += part * self.generators[place] ** e
        return total

    def vanishes(self, f: fmpq_mpoly) -> bool:
        """True only where f is 0 as a function; denominators are cleared, roots and cosines reduced."""
        for k in range(len(self.atoms) - 1, -1, -1):
            atom, place = self.atoms[k], self.plain + k
            degree = f.degrees()[place]
            if degree <= 0:
                continue
            if atom.kind == "inverse":
                total = self.constant(0)
                for e, part in _by_power(f, place).items():
                    total += self.context.from_dict(part) * atom.argument ** (degree - e)
                f = self.checked(total)
            f = self.reduced(f)
        return bool(f == 0)

    # --- values ------------------------------------------------------------------------------------------------

    def values(self, point: Sequence[fmpq], sizes: bool = False, partial: bool = False) -> list[arb] | None:
        """All generators at a point of weights and constants, as balls; None where an atom is not surely defined.

        sizes: whether log P is read as log |P|, which has the same derivatives. partial: such an atom becomes an
        indeterminate ball instead, as does every value that uses it.
        """
        found = [arb(x) for x in point]
        for atom in self.atoms:
            inner = self.value(atom.argument, found)
            u = self._atom_value(atom, abs(inner) if sizes and atom.kind == "log" else inner, found)
            if u is None or not u.is_finite():
                if not partial:
                    return None
                u = arb("nan")
            found.append(u)
        return found

    def _atom_value(self, atom: Atom, inner: arb, found: list[arb]) -> arb | None:
        if atom.kind == "inverse":
            return None if inner.contains(0) else 1 / inner
        if atom.kind in ("log", "root", "power") and not inner > 0:
            return None
        if atom.kind == "root":
            return inner.root(atom.order)
        if atom.kind == "power":
            assert atom.exponent is not None
            return inner ** self.value(atom.exponent, found)
        answer: arb = getattr(inner, atom.kind)()
        return answer

    def residues(self, point: Sequence[int], prime: int) -> list[int] | None:
        """All generators modulo a prime at a point that obeys the relations of inverses, roots and circular functions;
        the other atoms take values that the point decides. None where there is no such value.
        """
        found = list(point)
        half = 0  # the tangent of half the angle, for a sine and the cosine after it
        for k, atom in enumerate(self.atoms):
            inner = self._residue(atom.argument, found, prime)
            free = pow(7 + 2 * k, 3 + sum(found) % (prime - 1), prime)
            if atom.kind == "inverse":
                if inner == 0:
                    return None
                free = pow(inner, -1, prime)
            elif atom.kind == "root":
                free = _root(inner, atom.order, prime)
                if not free:
                    return None
            elif atom.kind in ("sin", "cos"):
                half = free if atom.kind == "sin" else half
                below = pow(1 + half * half, -1, prime)
                free = (2 * half if atom.kind == "sin" else 1 - half * half) * below % prime
            found.append(free)
        return found

    def speeds(self, fields: Sequence[Sequence[fmpq_mpoly]], z: Sequence[int], prime: int) -> list[list[int]]:
        """How fast every generator moves along every field there."""
        table = [
            {a: self._residue(part, z, prime) for a, part in parts.items()} for parts in self._derived
        ]
        answer = []
        for field in fields:
            x = [self._residue(f, z, prime) for f in field]
            constants = [0] * (self.plain - self.weights)
            answer.append([*x, *constants, *(sum(x[a] * c for a, c in row.items()) % prime for row in table)])
        return answer

    def _residue(self, f: fmpq_mpoly, z: Sequence[int], prime: int) -> int:
        total = 0
        for exponents, c in f.to_dict().items():
            term = int(c.p) * pow(int(c.q), -1, prime)
            for k, e in enumerate(exponents):
                if e:
                    term = term * pow(z[k], e, prime) % prime
            total += term
        return total % prime

    def value(self, f: fmpq_mpoly, values: Sequence[arb]) -> arb:
        total = arb(0)
        for exponents, c in f.to_dict().items():
            term = arb(c)
            for k, e in enumerate(exponents):
                if e:
                    term *= values[k] ** e
            total += term
        return total


def _fields(atom: Atom) -> tuple[Kind, fmpq_mpoly, int, fmpq_mpoly | None]:
    return atom.kind, atom.argument, atom.order, atom.exponent


def _by_power(f: fmpq_mpoly, place: int) -> dict[int, dict[tuple[int, ...], fmpq]]:
    """The coefficients of f as a polynomial in one generator."""
    answer: dict[int, dict[tuple[int, ...], fmpq]] = {}
    for exponents, c in f.to_dict().items():
        rest = list(exponents)
        rest[place] = 0
        answer.setdefault(exponents[place], {})[tuple(rest)] = c
    return answer


def _root(x: int, order: int, prime: int) -> int:
    """A number whose power is x; 0 where there is none or where it is not found by raising to a power."""
    common = math.gcd(order, prime - 1)
    if common == 1:
        return pow(x, pow(order, -1, prime - 1), prime)
    rest = (prime - 1) // common
    if math.gcd(order, rest) != 1 or pow(x, rest, prime) != 1:
        return 0
    return pow(x, pow(order, -1, rest), prime)


def certain_rank(rows: Sequence[Sequence[arb]]) -> tuple[int, list[int]]:
    """A lower bound of the rank of a matrix of balls, and the columns of its pivots, none of which contains 0."""
    table = [list(r) for r in rows]
    pivots: list[int] = []
    while table and len(pivots) < len(table[0]):
        best, where = None, (0, 0)
        for i, row in enumerate(table):
            for j, x in enumerate(row):
                if j not in pivots and not x.contains(0):
                    size = x.abs_lower()
                    if best is None or size > best:
                        best, where = size, (i, j)
        if best is None:
            break
        i, j = where
        top = table.pop(i)
        for row in table:
            factor = row[j] / top[j]
            for k in range(len(row)):
                row[k] = arb(0) if k == j else row[k] - factor * top[k]
        pivots.append(j)
    return len(pivots), pivots
