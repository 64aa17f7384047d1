"""Normal forms of the elementary functions in a tower: exp, log, circular, hyperbolic and opaque ones."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpz

from verify.exact.errors import NotDefined, Split, Unsupported
from verify.exact.ring import Poly, Quotient, generators_in, quotient_factors, single_generator
from verify.exact.signbook import ALL, NEGATIVE, NONNEGATIVE, NONPOSITIVE, POSITIVE, ZERO_SIGN
from verify.language.terms import Term, fn, num

if TYPE_CHECKING:
    from verify.exact.tower import Tower

MAX_MULTIPLE = 12
MAX_GAMMA = 20  # beyond it gamma is not reduced to smaller arguments


def element(tower: Tower, op: str, args: list[Quotient], term: Term) -> Quotient:
    ring = tower.ring
    if op == "exp":
        return exponential(tower, args[0])
    if op == "log":
        return logarithm(tower, args[0])
    if op in ("sin", "cos", "tan"):
        sine, cosine = circular(tower, args[0])
        if op == "tan":
            return ring.multiply(sine, tower.reciprocal(cosine))
        return sine if op == "sin" else cosine
    if op in ("sinh", "cosh", "tanh"):
        up, down = exponential(tower, args[0]), exponential(tower, ring.negate(args[0]))
        half = tower.constant(Fraction(1, 2))
        if op == "cosh":
            return ring.multiply(half, ring.add(up, down))
        odd = ring.add(up, ring.negate(down))
        if op == "sinh":
            return ring.multiply(half, odd)
        return ring.multiply(odd, tower.reciprocal(ring.add(up, down)))
    if op in ("asinh", "acosh", "atanh") and tower.logs:
        return _inverse_hyperbolic(tower, op, args[0])
    if op in ("asinh", "atan", "erf", "asin", "acos", "atanh", "acosh", "gamma"):
        return _opaque(tower, op, args[0])
    raise Unsupported(f"{op} has no normal form")


def exponential(tower: Tower, t: Quotient) -> Quotient:
    ring = tower.ring
    result = tower.ONE
    constant, rest = tower.decompose(t)
    if constant:
        result = ring.multiply(result, _exp_unit(tower, constant, "one", tower.ONE))
    for coefficient, key, unit in rest:
        logs = [k for k in generators_in(unit.num) if tower.generators[k].kind == "log"]
        if len(logs) == 1 and unit.num.degrees()[logs[0]] == 1:
            power = ring.make(unit.num / tower.gen(logs[0]), unit.den)
            base = tower.generators[logs[0]].base[0]
            result = ring.multiply(result, tower.factor_power(base, ring.multiply(power, tower.constant(coefficient))))
        else:
            result = ring.multiply(result, _exp_unit(tower, coefficient, key, unit))
    return result


def _exp_unit(tower: Tower, coefficient: Fraction, key: object, unit: Quotient) -> Quotient:
    from verify.exact.ground import Generator

    name = ("exp", key)
    order = tower.order(name, coefficient.denominator)
    argument = tower.ring.multiply(unit, tower.constant(Fraction(1, order)))
    meaning = fn("exp", tower.term_of_quotient(argument))
    k = tower._generator(name, Generator("exp", meaning, (argument,)), POSITIVE)
    tower.signs.tell(tower.gen(k) - 1, tower.sign_set(argument))
    return tower.ring.integer_power(tower.ring.of(tower.gen(k)), int(coefficient * order))


def logarithm(tower: Tower, u: Quotient) -> Quotient:
    ring = tower.ring
    if u.num.is_zero():
        raise NotDefined("logarithm of zero")
    c, parts = quotient_factors(u)
    sign = 1 if c > 0 else -1
    result = _log_number(tower, Fraction(abs(int(c.p)), int(c.q)))
    for f, k in parts:
        s = tower.signs.poly(f)
        if s == ZERO_SIGN:
            raise NotDefined("logarithm of zero")
        if len(s) != 1:
            raise Split(tower.term_of(f), zero_only=False)
        s1 = next(iter(s))
        if k % 2:
            sign *= s1
        result = ring.add(result, ring.multiply(tower.constant(k), log_factor(tower, f if s1 > 0 else -f)))
    if sign < 0:
        raise NotDefined("logarithm of a negative number")
    return result


def log_factor(tower: Tower, f: Poly) -> Quotient:
    from verify.exact.ground import Generator

    ring = tower.ring
    k = single_generator(f)
    if k is not None:
        g = tower.generators[k]
        if g.kind == "root":
            return ring.multiply(tower.constant(Fraction(1, g.base[1])), log_factor(tower, g.base[0]))
        if g.kind == "power":
            return ring.multiply(g.base[1], log_factor(tower, g.base[0]))
        if g.kind == "exp":
            return g.base[0]
    if f.is_constant():
        c = f.leading_coefficient()
        return _log_number(tower, Fraction(int(c.p), int(c.q)))
    above_one = tower.signs.poly(f - 1)
    signs = above_one if len(above_one) < 3 else ALL
    k = tower._generator(("log", str(f)), Generator("log", fn("log", tower.term_of(f)), (f,)), signs)
    return ring.of(tower.gen(k))


def _log_number(tower: Tower, c: Fraction) -> Quotient:
    from verify.exact.ground import Generator

    result = tower.constant(0)
    for part, side in ((c.numerator, 1), (c.denominator, -1)):
        if part == 1:
            continue
        if part > 10**40:
            raise Unsupported("a number too large to factor")
        for prime, times in fmpz(part).factor():
            p = int(prime)
            generator = Generator("log", fn("log", num(p)), (tower.ring.constant(p),))
            k = tower._generator(("log", p), generator, POSITIVE)
            result = tower.ring.add(result, tower.ring.of(tower.gen(k) * (side * int(times))))
    return result


def circular(tower: Tower, t: Quotient) -> tuple[Quotient, Quotient]:
    """(sin t, cos t) by the addition theorems on the rational multiples in t."""
    ring = tower.ring
    sine, cosine = tower.constant(0), tower.ONE
    constant, rest = tower.decompose(t)
    pieces: list[tuple[Fraction, object, Quotient]] = list(rest)
    if constant:
        pieces.append((constant, "one", tower.ONE))
    for coefficient, key, unit in pieces:
        s, c = _circular_unit(tower, coefficient, key, unit)
        sine, cosine = (
            ring.add(ring.multiply(sine, c), ring.multiply(cosine, s)),
            ring.add(ring.multiply(cosine, c), ring.negate(ring.multiply(sine, s))),
        )
    return sine, cosine


def _circular_unit(tower: Tower, coefficient: Fraction, key: object, unit: Quotient) -> tuple[Quotient, Quotient]:
    from verify.exact.ground import Generator

    ring = tower.ring
    whole = single_generator(unit.num)
    if whole is not None and whole == tower.index.get("pi") and unit.den.is_one():
        quarter = coefficient * 2
        if quarter.denominator == 1:
            turn = int(quarter) % 4
            return tower.constant((0, 1, 0, -1)[turn]), tower.constant((1, 0, -1, 0)[turn])
        return _of_turn(tower, coefficient)
    turns = _whole_turns(tower, unit) if coefficient.denominator == 1 else None
    if turns is not None:
        return tower.constant(0), tower.parity(ring.multiply(turns, tower.constant(coefficient)))
    inverse = single_generator(unit.num) if unit.den.is_one() else None
    known = _of_inverse(tower, inverse) if inverse is not None and coefficient.denominator == 1 else None
    if known is not None and abs(coefficient) <= MAX_MULTIPLE:
        return _multiple(tower, *known, int(coefficient))
    order = tower.order(("angle", key), coefficient.denominator)
    n = int(coefficient * order)
    if abs(n) > MAX_MULTIPLE:
        raise Unsupported("a large multiple of an angle")
    argument = tower.term_of_quotient(ring.multiply(unit, tower.constant(Fraction(1, order))))
    c = tower._generator(("cos", key), Generator("cos", fn("cos", argument)), ALL)
    s = tower._generator(("sin", key), Generator("sin", fn("sin", argument)), ALL)
    _half_turns(tower, ring.multiply(unit, tower.constant(Fraction(1, order))), s, c)
    ring.relate(s, 2, 1 - tower.gen(c) ** 2)
    for g in (tower.gen(c), tower.gen(s)):
        tower.signs.tell(g - 1, NONPOSITIVE)
        tower.signs.tell(g + 1, NONNEGATIVE)
    return _multiple(tower, ring.of(tower.gen(s)), ring.of(tower.gen(c)), n)


def _of_turn(tower: Tower, turn: Fraction) -> tuple[Quotient, Quotient]:
    """(sin, cos) of turn*pi for multiples of a fourth, a third and a sixth."""
    half = tower.constant(Fraction(1, 2))
    if turn.denominator not in (3, 4, 6):
        raise Unsupported("sine of a fraction of pi")
    step = tower.constant(2 if turn.denominator == 4 else 3)
    root = tower.ring.multiply(half, tower.power(step, half))
    first = {3: (root, half), 4: (root, root), 6: (half, root)}[turn.denominator]
    return _multiple(tower, *first, turn.numerator % (2 * turn.denominator))


def _whole_turns(tower: Tower, unit: Quotient) -> Quotient | None:
    """n where the angle is n*pi with an integer-valued n."""
    pi = tower.index.get("pi")
    if not isinstance(pi, int) or not unit.den.is_one() or unit.num.degrees()[pi] != 1:
        return None
    turns = tower.ring.of(unit.num / tower.gen(pi))
    return turns if tower.integer_valued(turns) else None


def _half_turns(tower: Tower, t: Quotient, s: int, c: int) -> None:
    """sin > 0 between 0 and pi, cos > 0 between -pi/2 and pi/2, the ends with >=."""
    ring, pi = tower.ring, tower._named_constant("pi")
    half = ring.multiply(pi, tower.constant(Fraction(1, 2)))
    for k, low, high in ((s, tower.constant(0), pi), (c, ring.negate(half), half)):
        above = tower.sign_set(ring.add(t, ring.negate(low)))
        below = tower.sign_set(ring.add(high, ring.negate(t)))
        if above == POSITIVE and below == POSITIVE:
            tower.signs.of_generator[k] = tower.signs.of_generator[k] & POSITIVE
        elif above <= NONNEGATIVE and below <= NONNEGATIVE:
            tower.signs.of_generator[k] = tower.signs.of_generator[k] & NONNEGATIVE


def _of_inverse(tower: Tower, k: int) -> tuple[Quotient, Quotient] | None:
    """(sin, cos) of asin(u), acos(u) or atan(u)."""
    g = tower.generators[k]
    if g.kind not in ("asin", "acos", "atan"):
        return None
    ring = tower.ring
    u = g.base[0]
    square = ring.multiply(u, u)
    half = tower.constant(Fraction(1, 2))
    if g.kind == "atan":
        cosine = tower.reciprocal(tower.power(ring.add(tower.ONE, square), half))
        return ring.multiply(u, cosine), cosine
    other = tower.power(ring.add(tower.ONE, ring.negate(square)), half)
    return (u, other) if g.kind == "asin" else (other, u)


def _multiple(tower: Tower, one_s: Quotient, one_c: Quotient, n: int) -> tuple[Quotient, Quotient]:
    ring = tower.ring
    sine, cosine = tower.constant(0), tower.ONE
    for _ in range(abs(n)):
        sine, cosine = (
            ring.add(ring.multiply(sine, one_c), ring.multiply(cosine, one_s)),
            ring.add(ring.multiply(cosine, one_c), ring.negate(ring.multiply(sine, one_s))),
        )
    return (sine if n > 0 else ring.negate(sine)), cosine


def _inverse_hyperbolic(tower: Tower, op: str, u: Quotient) -> Quotient:
    ring = tower.ring
    one = tower.ONE
    half = tower.constant(Fraction(1, 2))
    if op == "atanh":
        ratio = ring.multiply(ring.add(one, u), tower.reciprocal(ring.add(one, ring.negate(u))))
        return ring.multiply(half, logarithm(tower, ratio))
    shifted = ring.add(ring.multiply(u, u), one if op == "asinh" else tower.constant(-1))
    root = tower.power(shifted, half)
    if op == "acosh" and not tower.sign_set(ring.add(u, tower.constant(-1))) <= frozenset((0, 1)):
        raise Unsupported("acosh of a number not known to be at least 1")
    return logarithm(tower, ring.add(u, root))


def _opaque(tower: Tower, op: str, u: Quotient) -> Quotient:
    """A function known only by its argument, its parity and its sign."""
    from verify.exact.ground import Generator
    from verify.exact.tower import ODD_FUNCTIONS

    ring = tower.ring
    one = tower.ONE
    value = tower.rational(u)
    if value is not None:
        special = _special_value(tower, op, value)
        if special is not None:
            return special
    if op == "gamma":
        below = ring.add(u, tower.constant(-1))
        far = tower.sign_set(ring.add(u, tower.constant(-MAX_GAMMA))) == POSITIVE
        # gamma(u) = (u - 1) gamma(u - 1)
        if not far and tower.sign_set(below) == POSITIVE and tower.rational(u) is None:
            return ring.multiply(below, _opaque(tower, op, below))
    sign = 1
    if op in ODD_FUNCTIONS:
        if u.num.is_zero():
            return tower.constant(0)
        if u.num.leading_coefficient() < 0:
            u, sign = ring.negate(u), -1
    signs = ALL
    s = tower.sign_set(u)
    if op in ("asin", "acos", "atanh"):
        low, high = (tower.sign_set(ring.add(one, v)) for v in (u, ring.negate(u)))
        inside = frozenset((1,)) if op == "atanh" else frozenset((0, 1))
        if not (low <= inside and high <= inside):
            raise Unsupported(f"{op} of a number not known to be in its domain")
        signs = frozenset((0, 1)) if op == "acos" else s
    elif op == "acosh":
        above = tower.sign_set(ring.add(u, tower.constant(-1)))
        if not above <= frozenset((0, 1)):
            raise Unsupported("acosh of a number not known to be at least 1")
        signs = above
    elif op == "gamma":
        if s == NEGATIVE or s != POSITIVE:
            raise Unsupported("gamma of a number not known to be positive")
        signs = POSITIVE
    elif op in ODD_FUNCTIONS:
        signs = s
    meaning = fn(op, tower.term_of_quotient(u))
    k = tower._generator((op, u.key), Generator(op, meaning, (u,)), signs)
    if op == "erf":
        tower.signs.tell(tower.gen(k) - 1, NEGATIVE)
        tower.signs.tell(tower.gen(k) + 1, POSITIVE)
    result = ring.of(tower.gen(k))
    return result if sign > 0 else ring.negate(result)


def _special_value(tower: Tower, op: str, u: Fraction) -> Quotient | None:
    """The exact values at the few rational points that statements use."""
    ring = tower.ring
    half = Fraction(1, 2)
    turns = {
        ("asin", Fraction(1)): half, ("asin", Fraction(-1)): -half, ("asin", half): Fraction(1, 6),
        ("acos", Fraction(1)): Fraction(0), ("acos", Fraction(0)): half, ("acos", Fraction(-1)): Fraction(1),
        ("acos", half): Fraction(1, 3), ("atan", Fraction(1)): Fraction(1, 4), ("atan", Fraction(-1)): -Fraction(1, 4),
    }  # fmt: skip
    if (op, u) in turns:
        return ring.multiply(tower.constant(turns[op, u]), tower._named_constant("pi"))
    if op == "acosh" and u == 1:
        return tower.constant(0)
    if op == "gamma" and 0 < u <= 60 and u.denominator in (1, 2):
        result = tower.ONE if u.denominator == 1 else tower.power(tower._named_constant("pi"), tower.constant(half))
        step = Fraction(1) if u.denominator == 1 else half
        while step < u:
            result = ring.multiply(result, tower.constant(step))
            step += 1
        return result
    return None
