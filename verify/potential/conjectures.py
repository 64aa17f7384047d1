"""Conjectures of the computer algebra: closed forms, limits and degrees, as terms. None of them is believed.

Each function takes the subject and gives terms, or raises; the bench runs it in a process of its own. A parameter that
is given to exceed a number a is written a + e with e > 0, so that signs of exponents are known.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy

from theory import orthants
from theory.conjugate import Conjugate
from theory.derivation import Unchecked
from theory.horizon import Horizon
from theory.limits import LARGE, at_infinity_or_infinite, leading_power
from theory.potentials import MirrorPotential
from verify.language.bridge import BridgeError, from_sympy, to_sympy
from verify.language.terms import INFINITY, Term
from verify.potential.reading import Subject

SIMPLE = 60  # operations up to which simplification is tried
RATIOS = 12  # the greatest denominator of a degree that is read off numbers


class Algebra:
    """R of the subject as an expression, with the parameters shifted."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._back: dict[Any, Any] = {}
        raw = to_sympy(subject.R, subject.domain)
        self.x = next(s for s in raw.free_symbols if s.name == subject.x)
        self._shift: dict[Any, Any] = {}
        for s in sorted(raw.free_symbols - {self.x}, key=lambda s: s.name):
            low = _lower(subject, s.name)
            if low is not None and s.is_integer is not True:
                over = sympy.Symbol(f"{s.name}_over", positive=True)
                self._shift[s], self._back[over] = low + over, s - low
        self.potential = MirrorPotential(raw.xreplace(self._shift).doit(), self.x)

    def shifted(self, term: Term) -> Any:
        """A term of the parameters in the symbols used here."""
        value = to_sympy(term, self.subject.domain)
        return value.xreplace({s: e for s, e in self._shift.items() if s in value.free_symbols})

    def term(self, value: Any) -> Term:
        """An expression as a term over the names of the subject; oo and -oo are terms too."""
        if value == sympy.oo:
            return INFINITY
        if value == -sympy.oo:
            return Term("neg", INFINITY)
        plain = sympy.sympify(value).xreplace(self._back)
        if self._back:
            plain = _tidy(plain)
        return from_sympy(plain)

    @cached_property
    def sides(self) -> tuple[int, ...]:
        """The directions in which dom R reaches infinity."""
        it = self.subject.interval
        return tuple(s for s, end in ((1, it.high), (-1, it.low)) if end is None)

    def end(self, expression: Any, side: int) -> Any:
        """The limit of the expression at that end of dom R, a finite value or an infinite one."""
        it = self.subject.interval
        bound = it.high if side > 0 else it.low
        if bound is None:
            return _limit(*orthants.branch(expression, self.x, side))
        t = sympy.Symbol("t_inside", positive=True)
        at = expression.xreplace({self.x: self.shifted(bound) - side / t})
        return _limit(sympy.simplify(at) if sympy.count_ops(at) < SIMPLE else at, t)


def dual(subject: Subject) -> Term:
    """x R' - R, as short as it is found."""
    it = Algebra(subject)
    return it.term(_tidy(it.potential.dual_at_gradient))


def metric(subject: Subject) -> Term:
    """1/R''."""
    it = Algebra(subject)
    return it.term(_tidy(it.potential.inverse_metric))


def homogeneity(subject: Subject, of: str) -> Term | None:
    """The degree of R or of x R' - R; None where there seems to be none."""
    it = Algebra(subject)
    f = it.potential.potential if of == "R" else it.potential.dual_at_gradient
    found = MirrorPotential(f, it.x).homogeneity if f.has(it.x) else sympy.Integer(0)
    return None if found is None else it.term(found)


def gradient_ends(subject: Subject) -> tuple[Term, Term]:
    """The limits of R' at the lower and at the upper end of dom R."""
    it = Algebra(subject)
    return it.term(it.end(it.potential.gradient, -1)), it.term(it.end(it.potential.gradient, 1))


def growth(subject: Subject, of: str) -> dict[int, tuple[Term, Term | None]]:
    """side -> (d, c) with f ~ c |x|^d for f the dual, the inverse metric or R''; (oo, None) beyond every power."""
    it = Algebra(subject)
    f = {"dual": it.potential.dual_at_gradient, "hessian": it.potential.hessian}.get(of)
    if f is None:
        f = it.potential.inverse_metric
    found: dict[int, tuple[Term, Term | None]] = {}
    for side in it.sides:
        d, c = _power(*orthants.branch(f, it.x, side), of_constant=of != "dual")
        found[side] = it.term(d), None if c is None else it.term(c)
    return found


def infimum(subject: Subject) -> tuple[Term, Term | None, int]:
    """(c, x, side): c = inf 1/R'', attained at x, or (x None) approached at the end of dom R on that side, 0: at 0."""
    it = Algebra(subject)
    M = it.potential.inverse_metric
    sample = {s: sympy.Rational(13, 10) + k for k, s in enumerate(sorted(M.free_symbols - {it.x}, key=str))}
    candidates: list[tuple[Any, Any, int]] = []
    for side in (-1, 1):
        candidates.append((it.end(M, side), None, side))
    inner = it.subject.interval
    holds_zero = (inner.low is None or _negative(it.shifted(inner.low), sample)) and (
        inner.high is None or _negative(-it.shifted(inner.high), sample)
    )
    if holds_zero:
        t = sympy.Symbol("t_inside", positive=True)
        at_zero = _limit(orthants.branch(M, it.x, 1)[0].subs(orthants.branch(M, it.x, 1)[1], 1 / t), t)
        value = M.subs(it.x, 0)
        exact = value.is_finite is True and not value.has(sympy.nan)
        candidates.append((value, sympy.Integer(0), 0) if exact else (at_zero, None, 0))
    if not orthants.has_kink(M, it.x):
        for root in sympy.solve(sympy.numer(sympy.together(sympy.diff(M, it.x))), it.x)[:8]:
            number = root.xreplace(sample).evalf(20)
            if number.is_real and _inside(it, number, sample):
                candidates.append((sympy.simplify(M.subs(it.x, root)), root, 0))
    finite = [(c, x, s) for c, x, s in candidates if c.is_infinite is not True and not c.has(sympy.nan)]
    c, at, side = min(finite, key=lambda e: (sympy.re(e[0].xreplace(sample).evalf(20)), e[1] is None))
    return it.term(c), None if at is None else it.term(at), side


def conjugate(subject: Subject) -> tuple[Term, Term]:
    """(x(y), Q(y)) in the name ``y_dual``: the inverse of R' and the conjugate at y in the range of R'."""
    it = Algebra(subject)
    found = Conjugate(it.potential)
    try:
        root, value = _inverted(it, found)
    except Unchecked:
        root, value = found.inverse_mirror_map, found.value
    return it.term(_tidy(root)), it.term(_tidy(value))


def _inverted(it: Algebra, found: Conjugate) -> tuple[Any, Any]:
    """(x(y), Q(y)): a solution of R'(x) = y that gives sample points back; on x > 0 where R is even with a kink."""
    R, y = it.potential, found.y
    kinked = orthants.has_kink(R.potential, it.x)
    if kinked and not found.even:
        raise Unchecked("R has a kink and is not even")
    potential, t = orthants.branch(R.potential, it.x, 1) if kinked else (R.potential, it.x)
    slope, eta = sympy.diff(potential, t), sympy.Symbol("eta", positive=True) if kinked else y
    free = t if kinked else sympy.Symbol(f"{it.x.name}_free", real=True)
    tidy = sympy.simplify(slope)
    tried = [lambda: _peeled(slope, t, eta), lambda: _peeled(tidy, t, eta)]
    for form in (slope, tidy, slope.rewrite(sympy.exp)):
        tried.append(lambda form=form: sympy.solve(form.xreplace({t: free}) - eta, free))  # type: ignore[misc]
    for attempt in tried:
        try:
            roots = attempt()
        except (NotImplementedError, ValueError, TypeError):
            continue
        for root in roots:
            if _gives_back(it, slope, t, root, eta):
                value = _conjugate_of(potential, t, root, eta)
                if not kinked:
                    return root, value
                return sympy.sign(y) * root.xreplace({eta: sympy.Abs(y)}), _tidy(value).xreplace({eta: sympy.Abs(y)})
    raise Unchecked("no inverse of R' was found")


def _peeled(slope: Any, t: Any, y: Any) -> list[Any]:
    """The solution of slope = y where t stands in it once, each operation around it undone in turn; else none."""
    value, inner = y, slope
    while inner != t:
        if inner.is_Add or inner.is_Mul:
            constant, rest = inner.as_independent(t, as_Add=inner.is_Add)
            if rest == inner:
                return []
            value, inner = (value - constant if inner.is_Add else value / constant), rest
        elif isinstance(inner, sympy.Function) and len(inner.args) == 1 and hasattr(inner, "inverse"):
            value, inner = inner.inverse()(value), inner.args[0]
        else:
            return []
    return [value]


def _conjugate_of(potential: Any, t: Any, root: Any, y: Any) -> Any:
    """y x(y) - R(x(y)), or an antiderivative of x(y) that agrees with it at a point, whichever is shorter."""
    raw = _tidy(y * root - potential.xreplace({t: root}))
    at = sympy.Rational(1, 2)
    try:
        other = sympy.integrate(root, y)
        constant = sympy.simplify((raw - other).subs(y, at))
    except Exception:  # the plain form will do
        return raw
    whole = constant.is_finite is True and not other.has(sympy.Integral, sympy.Piecewise, sympy.I)
    return min(raw, _tidy(other + constant), key=sympy.count_ops) if whole else raw


def _gives_back(it: Algebra, slope: Any, t: Any, root: Any, y: Any) -> bool:
    sample = {s: sympy.Rational(13, 10) + k for k, s in enumerate(sorted(slope.free_symbols - {t}, key=str))}
    points = [p for p in (sympy.Rational(1, 3), sympy.Rational(7, 10), sympy.Rational(9, 4), -sympy.Rational(3, 5))
              if (p > 0 or t == it.x) and _inside(it, p, sample)]  # fmt: skip
    for p in points:
        image = slope.xreplace(sample).xreplace({t: p})
        again = root.xreplace(sample).xreplace({y: image}).evalf(30)
        if not (again.is_number and abs(sympy.im(again)) < 1e-15 and abs(sympy.re(again) - p) < 1e-12):
            return False
    return bool(points)


def approach(subject: Subject, side: int) -> tuple[Term, Term]:
    """(c, k): alpha D/phi^alpha = 1 + c s^(-k) + o(s^(-k)); k = oo where both are equal."""
    it = Algebra(subject)
    c, k = Horizon(it.potential).approach(side)
    return it.term(c), it.term(k)


def near_zero(subject: Subject) -> tuple[Term, Term]:
    """(d, c): 1/R''(x) ~ c x^d for x -> 0 from the right."""
    it = Algebra(subject)
    s = sympy.Symbol("s_inverse", positive=True)
    on_ray, t = orthants.branch(it.potential.inverse_metric, it.x, 1)
    d, c = _power(sympy.powdenest(on_ray.xreplace({t: 1 / s})), s)
    if c is None:
        raise Unchecked("1/R'' has no power at zero")
    return it.term(-d), it.term(c)


def _power(on_ray: Any, t: Any, of_constant: bool = True) -> tuple[Any, Any]:
    """(d, c) with f ~ c t^d;
    d = oo or -oo and c None beyond every power, c oo or 0 where the power is not exact; of_constant: c at d = 0 too."""
    leading = leading_power(on_ray, t)
    if leading is not None:
        return leading[1], sympy.factor(leading[0])
    ratio = t * sympy.diff(on_ray, t) / on_ray
    degree = _read_off(ratio, t)
    forms = (lambda: ratio, lambda: sympy.simplify(ratio), lambda: ratio.rewrite(sympy.exp))
    for form in forms if degree is None else ():
        try:
            degree = _limit(form(), t)
            break
        except Unchecked:
            continue
    if degree is None:
        raise Unchecked("no degree was found")
    if degree.is_infinite is True:
        return degree, None
    if degree == 0 and not of_constant:
        return degree, None
    quotient = sympy.powsimp(sympy.expand(on_ray / t**degree))
    for form in (lambda: quotient, lambda: sympy.simplify(quotient), lambda: on_ray.rewrite(sympy.exp) / t**degree):
        try:
            return degree, _limit(form(), t)
        except Unchecked:
            continue
    return degree, None


def _limit(expression: Any, t: Any) -> Any:
    if not expression.has(t):
        return expression
    try:
        return at_infinity_or_infinite(expression, t)
    except Unchecked:
        value = sympy.limit(expression, t, sympy.oo)  # to be borne out by the engine
        if value.has(sympy.Limit, sympy.AccumBounds, sympy.nan, sympy.I) or value == sympy.zoo:
            raise
        return value
    except (TypeError, NotImplementedError, RecursionError) as error:
        raise Unchecked("no limit was found") from error


def _read_off(ratio: Any, t: Any) -> Any:
    """A limit read off three large arguments, for an expression without parameters; None where it is not plain."""
    if ratio.free_symbols - {t}:
        return None
    values = [ratio.xreplace({t: sympy.Integer(n)}).evalf(30) for n in LARGE]
    if not all(v.is_Float or v.is_Rational for v in values):
        return None
    if abs(values[0]) > 1000 and all(abs(b / a) > 100 for a, b in itertools.pairwise(values)):
        return sympy.oo if values[-1] > 0 else -sympy.oo
    if abs(values[-1]) > 1000:
        return None
    guess = Fraction(str(values[-1])).limit_denominator(RATIOS)
    value = sympy.Rational(guess.numerator, guess.denominator)
    return value if abs(values[-1] - value) < sympy.Rational(1, 10**5) else None


def _tidy(value: Any) -> Any:
    """The shortest of a few forms that the language can write."""
    value = value.replace(sympy.asinh, lambda u: u.args[0] if isinstance(u, sympy.sinh) else sympy.asinh(u))
    forms: list[Any] = [value]
    if sympy.count_ops(value) <= SIMPLE:
        for rewrite in (sympy.simplify, sympy.factor, sympy.expand):
            try:
                forms.append(rewrite(value))
            except Exception:  # a rewriting that fails is no loss
                continue
    return min(_writable(forms), key=sympy.count_ops, default=value)


def _writable(forms: Iterable[Any]) -> Iterable[Any]:
    for form in forms:
        try:
            from_sympy(form)
        except BridgeError:
            continue
        yield form


def _lower(subject: Subject, name: str) -> Any:
    """The greatest number that a condition puts below the parameter, as SymPy's; None where there is none."""
    best = None
    for h in subject.conditions:
        op, args = h.op, h.args
        if op in ("<", "<="):
            op, args = {"<": ">", "<=": ">="}[op], (args[1], args[0])
        if op in (">", ">=") and args[0] == Term("sym", name) and args[1].is_number:
            value = sympy.Rational(args[1].args[0].numerator, args[1].args[0].denominator)
            best = value if best is None or value > best else best
    return best


def _negative(value: Any, sample: dict[Any, Any]) -> bool:
    return value.xreplace(sample).evalf(20).is_negative is True


def _inside(it: Algebra, number: Any, sample: dict[Any, Any]) -> bool:
    low, high = it.subject.interval.low, it.subject.interval.high
    above = low is None or (number - it.shifted(low).xreplace(sample)).is_positive is True
    return above and (high is None or (it.shifted(high).xreplace(sample) - number).is_positive is True)


