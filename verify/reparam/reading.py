"""A user's parameterization: texts become terms, and terms polynomials in weights, constants and atoms.

``abs``, ``sign``, ``spow``, ``Min`` and ``Max`` are read by the signs that the domain settles; where it does not
settle them the text is refused, since G has a different formula on each side.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from numerics.laws.maps import PolynomialMap
from numerics.laws.ring import Ring, TooLarge
from verify.exact.signs import signs
from verify.language.errors import LanguageError, quote
from verify.language.evaluate import Undefined, Unknown, exact, truth
from verify.language.given import parse_given
from verify.language.parse import parse_term
from verify.language.terms import Term, fn, walk
from verify.statement import Domain

MAX_COORDINATES = 64
MAX_NAMES = 60
MAX_POWER = 64
ROOM = 40
POINTS = 400
NO_NUMBERS = ("nan", "inf", "infinity")


@dataclass
class Request:
    """What was asked: texts, never yet read. weights: empty where every name in the expressions is a weight."""

    expressions: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    preset: str = ""
    laws: tuple[str, ...] = ()
    degree: int | None = None
    q: str = ""
    mirror: str = ""
    scale: str = ""
    seed: int = 0


@dataclass
class Parameterized:
    """theta = G(w) as read. point: exact values of weights and constants inside the domain, in general position."""

    domain: Domain
    weights: tuple[str, ...]
    constants: tuple[str, ...]
    ring: Ring
    coordinates: list[fmpq_mpoly]
    terms: list[Term]
    point: tuple[fmpq, ...]
    claimed: list[tuple[str, Term]] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.weights, *self.constants)

    @property
    def polynomial(self) -> PolynomialMap | None:
        """The map with whole coefficients, where no function but sums and products occurs."""
        used = len(self.names)
        rows = []
        for g in self.coordinates:
            terms: dict[tuple[int, ...], Fraction | int] = {}
            for exponents, c in g.to_dict().items():
                if any(exponents[used:]):
                    return None
                terms[exponents[:used]] = Fraction(int(c.p), int(c.q))
            rows.append(terms)
        return PolynomialMap.of(self.names, rows, len(self.weights))


def read(request: Request) -> Parameterized:
    """Raises ``LanguageError`` (place ``expression k``, ``given[k]``, ``law k``, ``in``) for what cannot be read."""
    if not request.expressions:
        raise LanguageError("write at least one expression in the weights, such as 'w1*w2'", 1, "expression 1")
    if len(request.expressions) > MAX_COORDINATES:
        raise LanguageError(f"more than {MAX_COORDINATES} coordinates", None, f"expression {MAX_COORDINATES + 1}")
    domain = parse_given(list(request.given))
    found: dict[str, tuple[str, int]] = {}
    terms = [
        parse_term(text, domain.names, where=f"expression {k}", undeclared=found)
        for k, text in enumerate(request.expressions, 1)
    ]
    free = _in_order(terms)
    for name in free:
        if name.lower() in NO_NUMBERS:
            raise LanguageError(f"{quote(name)} is no number, and no name for a weight", None, "expression 1")
    if len(set(request.weights)) < len(request.weights):
        raise LanguageError("a weight stands here twice", None, "in")
    weights = tuple(request.weights) or free
    for name in weights:
        if name not in free:
            raise LanguageError(f"{quote(name)} occurs in no expression", None, "in")
        if (name, "integer") in domain.variables:
            raise LanguageError(f"the weight {quote(name)} is an integer; nothing flows along integers", None, "in")
    constants = tuple(n for n in free if n not in weights)
    if not weights:
        raise LanguageError("no weight occurs; a parameterization depends on at least one", 1, "expression 1")
    if len(free) > MAX_NAMES:
        message = f"{len(free)} names are more than the limit of {MAX_NAMES}; use --preset for networks"
        raise LanguageError(message, None, "in")
    for h in domain.hypotheses:
        if h.op == "==" and h.free & set(weights):
            message = f"{h} binds weights; they must fill an open set, so state inequalities and put equations into G"
            raise LanguageError(message, 1, "given")
    for name in free:
        if name not in domain.names:
            domain = domain.declaring(name)
    ring = Ring(weights, constants, ROOM)
    coordinates = []
    for k, (term, text) in enumerate(zip(terms, request.expressions, strict=True), 1):
        coordinates.append(Reader(ring, (*weights, *constants), domain, text, f"expression {k}").read(term))
        if all(ring.derivative(coordinates[-1], a) == 0 for a in range(len(weights))):
            raise LanguageError("no weight moves this coordinate; it is constant", 1, f"expression {k}")
    claimed = [(text, parse_term(text, free, where=f"law {k}")) for k, text in enumerate(request.laws, 1)]
    point = sample_point(domain, (*weights, *constants), ring, random.Random(request.seed))
    return Parameterized(domain, weights, constants, ring, coordinates, terms, point, claimed)


def _in_order(terms: Sequence[Term]) -> tuple[str, ...]:
    """The free names by first occurrence, those of one stem by number: w1, w2, ..., w10."""
    seen: dict[str, None] = {}
    for term in terms:
        for t in sorted((t.args[0] for t in walk(term) if t.op == "sym" and t.args[0] in term.free), key=_natural):
            seen.setdefault(t)
    return tuple(seen)


def _natural(name: str) -> tuple[str, int, str]:
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return stem, int(digits or 0), name


def sample_point(domain: Domain, names: Sequence[str], ring: Ring, draw: random.Random) -> tuple[fmpq, ...]:
    """Rational values inside the domain at which every atom is defined."""
    for attempt in range(POINTS):
        wide = attempt % 4
        values = {}
        for name in (*names, *(n for n in domain.names if n not in names)):
            top = (3, 9, 40, 2)[wide]
            number = Fraction(draw.randint(1, 30 * top), draw.choice((7, 11, 13)) * (1, 1, 1, 9)[wide])
            if (name, "integer") in domain.variables:
                number = Fraction(draw.randint(1, 6))
            values[name] = number if attempt % 3 == 0 or draw.random() < 0.5 else -number
        try:
            inside = all(truth(h, values) is True for h in domain.hypotheses)
        except (Undefined, Unknown):
            continue
        point = tuple(fmpq(values[n].numerator, values[n].denominator) for n in names)
        if inside and ring.values(point) is not None:
            return point
    raise LanguageError(
        "no point was found at which every hypothesis holds and G is defined; weights must fill an open set, "
        "so state inequalities and no equations", 1, "given",
    )  # fmt: skip


class Reader:
    """Terms to polynomials of one ring."""

    def __init__(self, ring: Ring, names: Sequence[str], domain: Domain, text: str, place: str) -> None:
        self.ring, self.domain, self.text, self.place = ring, domain, text, place
        self.generators = dict(zip(names, ring.generators, strict=False))

    def refuse(self, message: str, operator: str = "") -> LanguageError:
        at = self.text.find(operator) if operator else 0
        return LanguageError(message, max(at, 0) + 1, self.place)

    def read(self, term: Term) -> fmpq_mpoly:
        try:
            return self.ring.reduced(self._read(term))
        except TooLarge as error:
            raise self.refuse(f"{error}; bring a smaller parameterization") from None
        except ZeroDivisionError:
            raise self.refuse("divides by zero", "/") from None

    def _read(self, term: Term) -> fmpq_mpoly:
        op, a = term.op, term.args
        if op == "num":
            return self.ring.constant(fmpq(a[0].numerator, a[0].denominator))
        if op == "sym":
            return self.generators[a[0]]
        if op == "const":
            raise self.refuse(f"the constant {term!r} is not worked with here; put in a rational number, or exp(u)")
        if op == "neg":
            return -self._read(a[0])
        if op in ("+", "-", "*"):
            left, right = self._read(a[0]), self._read(a[1])
            if op == "*" and len(left) * len(right) > 40 * 20_000:
                raise TooLarge("a product has too many terms")
            return self.ring.checked(left + right if op == "+" else left - right if op == "-" else left * right)
        if op == "/":
            return self.ring.reduced(self._read(a[0]) * self.inverse(self._read(a[1])))
        if op == "**":
            if not a[1].is_number and signs(a[0], self.domain) != frozenset({1}) and exact(a[1], {}) is None:
                mend = f'add --given "{a[0]} > 0"'
                raise self.refuse(f"the base {a[0]} of a power with such an exponent must be positive; {mend}", "**")
            return self.power(self._read(a[0]), self._read(a[1]))
        if op == "sqrt":
            return self.power(self._read(a[0]), self.ring.constant(fmpq(1, 2)))
        if op in ("abs", "sign", "spow", "Min", "Max"):
            return self.piece(term)
        return self.elementary(op, [self._read(t) for t in term.children])

    def inverse(self, f: fmpq_mpoly) -> fmpq_mpoly:
        if f == 0:
            raise ZeroDivisionError
        if f.is_constant():
            return self.ring.constant(1 / f.leading_coefficient())
        answer = self.ring.constant(1)
        content, factors = f.factor()
        for factor, multiplicity in factors:
            answer *= self.ring.atom("inverse", factor) ** multiplicity
        return answer / content

    def power(self, base: fmpq_mpoly, exponent: fmpq_mpoly) -> fmpq_mpoly:
        degrees = exponent.degrees()
        if exponent.total_degree() > 0 and any((*degrees[: self.ring.weights], *degrees[self.ring.plain :])):
            if base.is_constant():
                raise self.refuse("write exp(u*log(a)) for a power whose exponent moves", "**")
            return self.ring.atom("exp", exponent * self.elementary("log", [base]))
        constant = exponent.to_dict().get((0,) * len(degrees), fmpq(0))
        if exponent.total_degree() <= 0:
            p, q = int(constant.p), int(constant.q)
            if abs(p) > MAX_POWER or q > MAX_POWER:
                raise self.refuse(f"an exponent beyond {MAX_POWER}", "**")
            if q == 1:
                if p < 0:
                    return self.inverse(base) ** -p
                if math.comb(len(base) + p, p) > 20_000:
                    raise TooLarge("a power has too many terms")
                return base**p
            return self.power(self.ring.atom("root", base, q), self.ring.constant(p))
        whole = int(constant.p) // int(constant.q)
        rest = exponent - whole
        return self.ring.atom("power", base, exponent=rest) * self.power(base, self.ring.constant(whole))

    def piece(self, term: Term) -> fmpq_mpoly:
        op, a = term.op, term.args
        if op in ("Min", "Max"):
            first, *others = a
            for other in others:
                sign = self.sign(fn("-", first, other), op)
                first = first if (sign > 0) == (op == "Max") else other
            return self._read(first)
        sign = self.sign(a[0], op)
        if op == "abs":
            return sign * self._read(a[0])
        if op == "sign":
            return self.ring.constant(sign)
        return sign * self.power(sign * self._read(a[0]), self._read(a[1]))

    def sign(self, term: Term, op: str) -> int:
        found = signs(term, self.domain)
        if found and found <= {0, 1}:
            return 1
        if found and found <= {-1, 0}:
            return -1
        mend = f'add --given "{term} > 0" (or < 0) to choose a side'
        raise self.refuse(f"the sign of {term} is not settled; {mend}", op)

    def elementary(self, op: str, args: list[fmpq_mpoly]) -> fmpq_mpoly:
        ring, one = self.ring, self.ring.constant(1)
        u = args[0] if args else one
        if op == "exp":
            return self.exponential(u)
        if op in ("log", "sin", "cos"):
            return ring.atom(op, u)  # type: ignore[arg-type]
        if op == "tan":
            return ring.atom("sin", u) * self.inverse(ring.atom("cos", u))
        if op in ("sinh", "cosh", "tanh"):
            up, down = self.exponential(u), self.exponential(-u)
            if op == "tanh":
                return one - 2 * self.inverse(self.exponential(2 * u) + 1)
            return (up + down) / 2 if op == "cosh" else (up - down) / 2
        half = ring.constant(fmpq(1, 2))
        if op == "asinh":
            return ring.atom("log", u + self.power(u**2 + 1, half))
        if op == "acosh":
            return ring.atom("log", u + self.power(u**2 - 1, half))
        if op == "atanh":
            return (ring.atom("log", 1 + u) - ring.atom("log", 1 - u)) / 2
        raise self.refuse(
            f"{quote(op)} is not worked with here; use sums, products, powers, exp, log, sin, cos and their kin", op
        )

    def exponential(self, u: fmpq_mpoly) -> fmpq_mpoly:
        """The product of the exponentials of the terms, each a whole power of one atom."""
        answer = self.ring.constant(1)
        for exponents, c in u.to_dict().items():
            base = self.ring.context.from_dict({exponents: fmpq(1, int(c.q))})
            atom = self.ring.atom("exp", base)
            p = int(c.p)
            if abs(p) > MAX_POWER:
                raise self.refuse(f"a multiple beyond {MAX_POWER} in an exponential", "exp")
            answer *= atom**p if p > 0 else self.ring.atom("inverse", atom) ** -p
        return answer
