"""A statement about real and integer numbers as one SMT-LIB query, unsatisfiable only if the statement holds.

The query asserts every hypothesis and that the conclusion is false or undefined. Quotients, roots and powers are
fresh constants with their defining equations under the condition that makes them defined; transcendental
functions and powers with symbolic exponents are fresh constants of which only true facts are asserted. So
``unsat`` is sound; ``sat`` means little where anything was abstracted.

Source: C. Barrett, P. Fontaine, C. Tinelli, The SMT-LIB Standard, version 2.6.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from verify.checker.facts import FUNCTION_FACTS, pairwise
from verify.checker.polynomials import NotPolynomial, number_value, polynomial
from verify.language.terms import RELATIONS, Term
from verify.statement import Statement

MOST_POWER = 24


class NotEncodable(ValueError):
    """The statement has a part that has no sound encoding here."""


def numeral(value: Fraction) -> str:
    text = f"{abs(value.numerator)}.0"
    text = text if value.denominator == 1 else f"(/ {text} {value.denominator}.0)"
    return f"(- {text})" if value < 0 else text


def name_of(variable: str) -> str:
    return f"|v_{variable}|"


class Encoder:
    """Collects declarations and true facts while terms are written as SMT-LIB expressions.

    defined: conditions under which everything written since ``fresh_conditions`` was last called is defined.
    abstract: whether any fresh constant is less than determined by its facts.
    """

    def __init__(self, integers: frozenset[str] = frozenset(), as_reals: bool = True) -> None:
        self.integers = integers
        self.as_reals = as_reals
        self.declared: list[str] = []
        self.facts: list[str] = []
        self.known: dict[Term, str] = {}
        self.needs: dict[Term, tuple[str, ...]] = {}
        self.defined: list[str] = []
        self.abstract = False
        self.applications: dict[str, list[tuple[str, str]]] = {}
        self.powers: list[tuple[Term, str, Term, str, str]] = []

    def fresh(self) -> str:
        name = f"t{len(self.declared)}"
        self.declared.append(name)
        return name

    def term(self, t: Term) -> str:
        """The SMT-LIB expression of a term; its definedness conditions go to ``defined``."""
        if t in self.known:
            self.defined.extend(self.needs[t])
            return self.known[t]
        outer, self.defined = self.defined, []
        text = self._term(t)
        if len(text) > 60:
            name = self.fresh()
            self.facts.append(f"(= {name} {text})")
            text = name
        self.known[t], self.needs[t] = text, tuple(dict.fromkeys(self.defined))
        self.defined = outer + self.defined
        return text

    def _term(self, t: Term) -> str:
        op, a = t.op, t.args
        if op == "num":
            return numeral(a[0])
        if op == "sym":
            name = name_of(a[0])
            return f"(to_real {name})" if a[0] in self.integers and not self.as_reals else name
        if op == "const":
            return self._constant(a[0])
        if op == "neg":
            return f"(- {self.term(a[0])})"
        if op in ("+", "-", "*"):
            return f"({op} {self.term(a[0])} {self.term(a[1])})"
        if op == "/":
            return self.quotient(self.term(a[0]), self.term(a[1]))
        if op == "**":
            return self._power(a[0], a[1])
        if op == "sqrt":
            return self.root(self.term(a[0]), 2)
        if op == "abs":
            u = self.term(a[0])
            return f"(ite (>= {u} 0.0) {u} (- {u}))"
        if op == "sign":
            return self.sign(self.term(a[0]))
        if op in ("Min", "Max"):
            texts = [self.term(x) for x in a]
            best = texts[0]
            for text in texts[1:]:
                name = self.fresh()
                self.facts.append(f"(= {name} (ite ({'<=' if op == 'Min' else '>='} {best} {text}) {best} {text}))")
                best = name
            return best
        if op == "spow":
            return self._signed_power(a[0], a[1])
        if op in FUNCTION_FACTS:
            return self._function(op, a[0])
        raise NotEncodable(f"{op} has no sound encoding")

    def _constant(self, which: str) -> str:
        bounds = {
            "pi": ("3.14159265358979323846", "3.14159265358979323847"),
            "E": ("2.71828182845904523536", "2.71828182845904523537"),
        }
        if which not in bounds:
            raise NotEncodable("infinity is not a number")
        self.abstract = True
        name = self.fresh()
        self.facts += [f"(< {bounds[which][0]} {name})", f"(< {name} {bounds[which][1]})"]
        return name

    def sign(self, u: str) -> str:
        return f"(ite (> {u} 0.0) 1.0 (ite (< {u} 0.0) (- 1.0) 0.0))"

    def quotient(self, u: str, v: str) -> str:
        name = self.fresh()
        self.defined.append(f"(distinct {v} 0.0)")
        self.facts.append(f"(=> (distinct {v} 0.0) (= (* {name} {v}) {u}))")
        return name

    def root(self, u: str, degree: int) -> str:
        name = self.fresh()
        self.defined.append(f"(>= {u} 0.0)")
        product = " ".join([name] * degree)
        self.facts.append(f"(=> (>= {u} 0.0) (and (>= {name} 0.0) (= (* {product}) {u})))")
        return name

    def _power(self, base: Term, exponent: Term) -> str:
        r = number_value(exponent)
        if r is None:
            return self._symbolic_power(base, exponent)
        u = self.term(base)
        if r.denominator == 1 and abs(r) <= MOST_POWER:
            n = abs(r.numerator)
            if n == 0:
                self.defined.append(f"(distinct {u} 0.0)")
                return "1.0"
            text = u if n == 1 else f"(* {' '.join([u] * n)})"
            return text if r > 0 else self.quotient("1.0", text)
        if r.denominator <= 6 and abs(r.numerator) <= MOST_POWER and r.denominator > 1:
            if r < 0:
                self.defined.append(f"(> {u} 0.0)")
            s = self.root(u, r.denominator)
            text = s if abs(r.numerator) == 1 else f"(* {' '.join([s] * abs(r.numerator))})"
            return text if r > 0 else self.quotient("1.0", text)
        return self._symbolic_power(base, exponent)

    def _symbolic_power(self, base: Term, exponent: Term) -> str:
        """base**exponent as a fresh positive number; exponents that differ by an integer share one."""
        u, e = self.term(base), self.term(exponent)
        integral = exponent.free <= self.integers and _integer_valued(exponent)
        negative = f"(< {u} 0.0)" if integral else "false"
        self.defined.append(f"(or (> {u} 0.0) (and (= {u} 0.0) (> {e} 0.0)) {negative})")
        self.abstract = True
        for other_base, other, other_exponent, _, _ in self.powers:
            shift = _integer_difference(exponent, other_exponent)
            if other_base == base and shift is not None and 0 < abs(shift) <= 6:
                name, product = self.fresh(), " ".join([u] * abs(shift))
                tied = f"(= {name} (* {other} {product}))" if shift > 0 else f"(= (* {name} {product}) {other})"
                self.facts += [f"(=> (> {u} 0.0) (and (> {name} 0.0) {tied}))"]
                self._power_facts(name, u, e)
                return name
        name = self.fresh()
        self._power_facts(name, u, e)
        for _, other, other_exponent, other_u, _ in self.powers:
            if other_exponent == exponent:
                both = f"(and (> {u} 0.0) (> {other_u} 0.0))"
                self.facts += [
                    f"(=> (and {both} (> {e} 0.0)) (= (< {u} {other_u}) (< {name} {other})))",
                    f"(=> (and {both} (< {e} 0.0)) (= (< {u} {other_u}) (> {name} {other})))",
                ]
        for other_base, other, other_exponent, _, other_e in self.powers:
            if other_base == base and other_exponent != exponent:
                self.facts += [
                    f"(=> (> {u} 1.0) (= (< {e} {other_e}) (< {name} {other})))",
                    f"(=> (and (> {u} 0.0) (< {u} 1.0)) (= (< {e} {other_e}) (> {name} {other})))",
                ]
        self.powers.append((base, name, exponent, u, e))
        return name

    def _power_facts(self, p: str, u: str, e: str) -> None:
        tangent = f"(+ 1.0 (* {e} (- {u} 1.0)))"
        self.facts += [
            f"(=> (> {u} 0.0) (> {p} 0.0))",
            f"(=> (and (= {u} 0.0) (> {e} 0.0)) (= {p} 0.0))",
            f"(=> (= {u} 1.0) (= {p} 1.0))",
            f"(=> (and (= {e} 0.0) (> {u} 0.0)) (= {p} 1.0))",
            f"(=> (= {e} 1.0) (= {p} {u}))",
            f"(=> (and (>= {u} 0.0) (>= {e} 1.0)) (>= {p} {tangent}))",
            f"(=> (and (> {u} 0.0) (<= {e} 0.0)) (>= {p} {tangent}))",
            f"(=> (and (> {u} 0.0) (<= 0.0 {e} 1.0)) (<= {p} {tangent}))",
            f"(=> (and (> {u} 1.0) (> {e} 0.0)) (> {p} 1.0))",
            f"(=> (and (> {u} 0.0) (< {u} 1.0) (> {e} 0.0)) (< {p} 1.0))",
            f"(=> (and (> {u} 1.0) (< {e} 0.0)) (< {p} 1.0))",
            f"(=> (and (> {u} 0.0) (< {u} 1.0) (< {e} 0.0)) (> {p} 1.0))",
        ]

    def _signed_power(self, base: Term, exponent: Term) -> str:
        """sign(u)*abs(u)**r, zero at u = 0 for every r."""
        u = self.term(base)
        self.term(exponent)
        kept, self.defined = self.defined, []
        size = self._power(Term("abs", base), exponent)
        self.defined = kept + [f"(or (= {u} 0.0) {d})" for d in self.defined]
        return f"(ite (= {u} 0.0) 0.0 (* {self.sign(u)} {size}))"

    def _function(self, name: str, argument: Term) -> str:
        u = self.term(argument)
        self.abstract = True
        value = self.fresh()
        entry = FUNCTION_FACTS[name]
        self.defined += [c.format(u=u) for c in entry.defined]
        self.facts += [f.format(u=u, f=value) for f in entry.facts]
        for partner, tie in entry.ties:
            if partner != name:
                other = self.known.get(Term(partner, argument))
                if other is not None:
                    self.facts.append(tie.format(u=u, f=value, g=other))
        self.facts += pairwise(name, (u, value), self.applications.get(name, []))
        self.applications.setdefault(name, []).append((u, value))
        return value

    def formula(self, t: Term) -> str:
        """The SMT-LIB expression of a quantifier-free formula."""
        op, a = t.op, t.args
        if op in ("true", "false"):
            return op
        if op in RELATIONS:
            symbol = {"==": "=", "!=": "distinct"}.get(op, op)
            return f"({symbol} {self.term(a[0])} {self.term(a[1])})"
        if op == "implies":
            return f"(=> {self.formula(a[0])} {self.formula(a[1])})"
        if op in ("and", "or", "not"):
            return f"({op} {' '.join(self.formula(x) for x in a)})"
        raise NotEncodable(f"{op} has no sound encoding")


def _integer_valued(t: Term) -> bool:
    if t.op == "num":
        return bool(t.args[0].denominator == 1)
    return t.op == "sym" or (t.op in ("+", "-", "*", "neg") and all(_integer_valued(c) for c in t.children))


def _integer_difference(s: Term, t: Term) -> int | None:
    names = tuple(sorted(s.free | t.free)) or ("x",)
    try:
        d = polynomial(s, names) - polynomial(t, names)
    except NotPolynomial:
        return None
    if d.is_zero():
        return 0
    if not d.is_constant() or int(d.leading_coefficient().q) != 1:
        return None
    return int(d.leading_coefficient().p)


def query(statement: Statement, integers_as_reals: bool = True) -> tuple[str, bool]:
    """(SMT-LIB text, whether anything was abstracted); raises NotEncodable.

    Hypotheses that cannot be encoded are left out: that only enlarges the set on which the conclusion must hold.
    """
    if statement.flow:
        raise NotEncodable("a flow")
    integers = frozenset(n for n, s in statement.domain.variables if s == "integer")
    encoder = Encoder(integers, integers_as_reals)
    asserted: list[str] = []
    partial = _hypotheses(statement, encoder, asserted)
    encoder.defined = []
    conclusion = encoder.formula(statement.conclusion)
    conditions = list(dict.fromkeys(encoder.defined))
    goal = f"(not (and {conclusion} {' '.join(conditions)}))" if conditions else f"(not {conclusion})"
    lines = ["(set-logic ALL)"]
    for name, sort in statement.domain.variables:
        kind = "Int" if sort == "integer" and not integers_as_reals else "Real"
        lines.append(f"(declare-const {name_of(name)} {kind})")
    lines += [f"(declare-const {name} Real)" for name in encoder.declared]
    lines += [f"(assert {f})" for f in (*asserted, *encoder.facts, goal)]
    abstract = encoder.abstract or partial or (integers_as_reals and bool(integers))
    return "\n".join([*lines, "(check-sat)"]), abstract


def _hypotheses(statement: Statement, encoder: Encoder, asserted: list[str]) -> bool:
    partial = False
    write: Callable[[Term], str] = encoder.formula
    for hypothesis in statement.domain.hypotheses:
        encoder.defined = []
        try:
            text = write(hypothesis)
        except NotEncodable:
            partial = True
            continue
        # A relation with an undefined side does not hold; inside connectives that reading is left open.
        asserted.append(text)
        if hypothesis.op in RELATIONS:
            asserted.extend(dict.fromkeys(encoder.defined))
    return partial
