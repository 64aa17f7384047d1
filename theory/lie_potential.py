"""The mirror potential that a commuting parameterization induces: one coordinate x = G(w) at a time.

Gradient flow moves x at the rate -M f'(x), M = |grad G|^2. On a level of the conservation laws h_k = c_k M is a
function of x; elimination of the weights gives a polynomial relation between M, x and the c_k, and where it is
linear in M, or fixes a power of M, M itself and the potential R with R'' = 1/M. Each result is put back: the
relation at x = G, c_k = h_k, M = |grad G|^2 must vanish identically, and the second derivative of R must be 1/M.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from functools import cached_property

import sympy

from theory.derivation import Derivation, Unchecked
from theory.vanishing import check_equal, vanishes

x = sympy.Symbol("x", real=True)
metric = sympy.Symbol("M", positive=True)


class InducedPotential:
    """coordinate: a polynomial G in ``variables`` and the symbols of ``functions``, which stand for functions of the
    variables and obey the polynomial ``relations``. laws: independent such polynomials with J grad h = 0.
    """

    def __init__(
        self,
        coordinate: sympy.Expr,
        variables: Sequence[sympy.Symbol],
        laws: Sequence[sympy.Expr],
        functions: Mapping[sympy.Symbol, sympy.Expr] | None = None,
        relations: Sequence[sympy.Expr] = (),
    ) -> None:
        self.coordinate, self.variables, self.laws = coordinate, list(variables), list(laws)
        self.functions, self.relations = dict(functions or {}), list(relations)
        self.levels = [sympy.Symbol(f"c{k}", real=True) for k in range(1, len(self.laws) + 1)]
        for r in self.relations:
            if sympy.expand(self.written(r).rewrite(sympy.exp)) != 0:
                check_equal(self.written(r), sympy.S.Zero, "relation of the functions")
        for h in self.laws:
            rate = sum((self.slope(coordinate, w) * self.slope(h, w) for w in self.variables), sympy.S.Zero)
            check_equal(self.written(rate), sympy.S.Zero, "conservation law")

    def written(self, expression: sympy.Expr) -> sympy.Expr:
        """The functions written out."""
        return sympy.expand(expression.subs(self.functions, simultaneous=True)) if self.functions else expression

    def slope(self, expression: sympy.Expr, w: sympy.Symbol) -> sympy.Expr:
        """The derivative by a variable, exact where functions are written out; a polynomial where there are none."""
        return sympy.diff(self.written(expression), w)

    @cached_property
    def in_weights(self) -> sympy.Expr:
        """M = |grad G|^2."""
        return sympy.expand(sum((self.slope(self.coordinate, w) ** 2 for w in self.variables), sympy.S.Zero))

    def name_metric(self, polynomial: sympy.Expr) -> None:
        """Says what M is as a polynomial in the variables and the functions' symbols; it is checked."""
        if not self._is_zero(self.written(polynomial) - self.in_weights):
            raise Unchecked("the metric in the functions' symbols was not confirmed")
        self.__dict__["in_symbols"] = polynomial

    @cached_property
    def in_symbols(self) -> sympy.Expr:
        """M as a polynomial; where functions occur it must have been said which (``name_metric``)."""
        if self.functions:
            raise Unchecked("the metric was not named in the functions' symbols")
        return self.in_weights

    @cached_property
    def relation(self) -> sympy.Expr:
        """A polynomial in M, x and the levels that vanishes on the flow; raises ``Unchecked`` where none is found."""
        equations = [x - self.coordinate, metric - self.in_symbols, *self.relations]
        equations += [c - h for c, h in zip(self.levels, self.laws, strict=True)]
        gone = [*self.variables, *self.functions]
        basis = sympy.groebner(equations, *gone, metric, x, *self.levels, order="lex")
        free = [p for p in basis.exprs if not p.free_symbols & set(gone) and p.has(metric)]
        if not free:
            raise Unchecked("no relation between the metric and the coordinate")
        best = min(free, key=lambda p: (sympy.degree(p, metric), sympy.count_ops(p)))
        values = {metric: self.in_symbols, x: self.coordinate, **dict(zip(self.levels, self.laws, strict=True))}
        for factor, _ in sympy.factor_list(best)[1]:
            put = factor.subs(values, simultaneous=True)
            if sympy.expand(put) == 0 or (self.functions and self._is_zero(self.written(put))):
                return factor
        raise Unchecked("the relation does not hold identically")

    @staticmethod
    def _is_zero(expression: sympy.Expr) -> bool:
        return sympy.expand(expression.rewrite(sympy.exp)) == 0 or vanishes(expression) is True

    @property
    def one_root(self) -> bool:
        """Whether the relation has at most one root M > 0, whatever x and the levels: it is linear, or fixes M^n."""
        p = sympy.Poly(self.relation, metric)
        return p.degree() == 1 or (len(p.terms()) == 2 and p.coeff_monomial(1) != 0)

    @cached_property
    def in_x(self) -> sympy.Expr:
        """M(x): the only positive root of the relation; raises ``Unchecked`` where there may be several.

        Of several roots each may be the metric on its part of the weights, which values at points cannot tell.
        """
        p = sympy.Poly(self.relation, metric)
        if not self.one_root:
            raise Unchecked(f"the relation has degree {p.degree()} in the metric, and no single positive root")
        power = -p.coeff_monomial(1) / p.LC()
        if p.degree() == 1:
            root = power
        elif p.degree() == 2:
            root = sympy.sqrt(sympy.expand(power))
        else:
            root = sympy.powdenest(power ** sympy.Rational(1, p.degree()))
        check_equal(sympy.expand(p.as_expr().subs(metric, root)), sympy.S.Zero, "root of the relation")
        if not self._is_metric(root):
            raise Unchecked("the root is not the metric at points of the flow")
        return _simpler(root)

    def _is_metric(self, root: sympy.Expr) -> bool:
        """Whether the root is |grad G|^2 at points of every sign pattern, to 30 digits: a guard, no proof."""
        for signs in itertools.islice(itertools.product((1, -1), repeat=len(self.variables)), 32):
            values = {w: s * sympy.Rational(5 + 4 * k, 3 + k)
                      for k, (w, s) in enumerate(zip(self.variables, signs, strict=True))}  # fmt: skip
            at = {x: self.written(self.coordinate).subs(values)} | {
                c: self.written(h).subs(values) for c, h in zip(self.levels, self.laws, strict=True)
            }
            found, wanted = root.subs(at).evalf(30), self.in_weights.subs(values).evalf(30)
            if wanted.is_real and abs(found - wanted) > sympy.Float("1e-20") * (1 + abs(wanted)):
                return False
        return True

    @cached_property
    def potential(self) -> sympy.Expr:
        """R(x) with R'' = 1/M, R'(0) = R(0) = 0 where that is possible; raises ``Unchecked`` where none is found."""
        arc = self._arc()
        if arc is not None:
            return arc
        value = 1 / self.in_x
        positive = {c: sympy.Symbol(c.name, positive=True) for c in (x, *self.levels)}
        if not value.has(sympy.Abs) and value.subs(x, 0).is_finite is not False:
            del positive[x]
        value = value.subs(positive)
        t = positive.get(x, x)
        answer = sympy.integrate(sympy.integrate(value, t), t)
        if answer.has(sympy.Integral):
            raise Unchecked("no antiderivative was found")
        answer = self._real(_simpler(answer).subs({v: k for k, v in positive.items()}))
        value = value.subs({v: k for k, v in positive.items()})
        if vanishes(sympy.simplify(sympy.diff(answer, x, 2) - value)) is not True:
            raise Unchecked("the antiderivative was not confirmed")
        return answer

    def _real(self, answer: sympy.Expr) -> sympy.Expr:
        """log u as log(-u) where u is negative at a point of the flow: the derivatives are the same."""
        values = {w: sympy.Rational(5 + 4 * k, 3 + k) for k, w in enumerate(self.variables)}
        at = {x: self.written(self.coordinate).subs(values)}
        at |= {c: self.written(h).subs(values) for c, h in zip(self.levels, self.laws, strict=True)}
        turned = {f: sympy.log(-f.args[0]) for f in answer.atoms(sympy.log) if f.args[0].subs(at).evalf() < 0}
        return answer.xreplace(turned)

    def _arc(self) -> sympy.Expr | None:
        """R where M^2 = a + b x^2: x asinh(x sqrt(b/a))/sqrt(b) - sqrt(a + b x^2)/b, for a, b > 0; None for other M."""
        square = sympy.Poly(sympy.expand(self.in_x**2), x) if sympy.expand(self.in_x**2).is_polynomial(x) else None
        if square is None or square.degree() != 2 or square.coeff_monomial(x) != 0 or square.coeff_monomial(1) == 0:
            return None
        a, b = sympy.symbols("a b", positive=True)
        form = x * sympy.asinh(x * sympy.sqrt(b / a)) / sympy.sqrt(b) - sympy.sqrt(a + b * x**2) / b
        check_equal(sympy.diff(form, x, 2), 1 / sympy.sqrt(a + b * x**2), "second antiderivative")
        inside, factor = square.coeff_monomial(1), square.coeff_monomial(x**2)
        root = sympy.sqrt(sympy.factor(factor / inside))
        return x * sympy.asinh(x * root) / sympy.sqrt(factor) - sympy.sqrt(inside + factor * x**2) / factor

    def derivation(self) -> Derivation:
        steps = Derivation(f"The potential induced by x = {self.coordinate}")
        steps = steps.then("|grad G|^2", "M", self.in_weights)
        kept = tuple(f"{h} = {c}" for c, h in zip(self.levels, self.laws, strict=True))
        steps = steps.then("eliminate the weights", self.relation, sympy.S.Zero, *kept)
        steps = steps.then("solve for the metric", "M(x)", self.in_x, *kept)
        return steps.then("integrate 1/M twice", "R(x)", self.potential, "levels positive")


def _simpler(expression: sympy.Expr) -> sympy.Expr:
    """A shorter form where it is confirmed to be equal."""
    shorter = sympy.simplify(expression)
    return shorter if vanishes(shorter - expression) is True else expression
