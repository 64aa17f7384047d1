"""Checks a certificate of the number of conservation laws with plain whole numbers, apart from how it was found.

Nothing is imported: polynomials are {exponents: coefficient}, every step is school arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Polynomial = Mapping[tuple[int, ...], int]
Jet = dict[int, int]  # binary digits name nilpotents; the coefficient of their product


def replay(coordinates: Sequence[Polynomial], weights: int, certificate: Mapping[str, Any]) -> bool:
    """Whether the certificate proves that G with these coordinates has exactly ``certificate["number"]`` laws."""
    prime, number = int(certificate["prime"]), int(certificate["number"])
    point = [int(x) for x in certificate["point"]]
    laws = [{tuple(e): int(c) for e, c in law} for law in certificate["laws"]]
    words = [tuple(int(i) for i in word) for word in certificate["words"]]
    if prime < 2 or any(prime % d == 0 for d in range(2, min(prime, 50_000)) if d * d <= prime):
        return False
    if len(laws) != number or len(words) != weights - number:
        return False
    if any(not word or not all(0 <= i < len(coordinates) for i in word) for word in words):
        return False
    if not all(_kept(g, h, weights) for g in coordinates for h in laws):
        return False
    gradients = [[_value(_derivative(h, a), point, prime) for a in range(weights)] for h in laws]
    fields = [[_derivative(g, a) for a in range(weights)] for g in coordinates]
    state: list[Jet] = [{0: x % prime} for x in point]
    values = [[jet.get(0, 0) for jet in _bracket(fields, word, state, 0, prime)] for word in words]
    return _rank(gradients, prime) == number and _rank(values, prime) == weights - number


def _derivative(f: Polynomial, a: int) -> dict[tuple[int, ...], int]:
    return {(*e[:a], e[a] - 1, *e[a + 1 :]): c * e[a] for e, c in f.items() if e[a]}


def _kept(g: Polynomial, h: Polynomial, weights: int) -> bool:
    total: dict[tuple[int, ...], int] = {}
    for a in range(weights):
        for e, c in _derivative(g, a).items():
            for f, d in _derivative(h, a).items():
                key = tuple(x + y for x, y in zip(e, f, strict=True))
                total[key] = total.get(key, 0) + c * d
    return not any(total.values())


def _value(f: Polynomial, point: Sequence[int], prime: int) -> int:
    total = 0
    for exponents, c in f.items():
        for x, e in zip(point, exponents, strict=True):
            if e:
                c = c * pow(x, e, prime) % prime
        total += c
    return total % prime


def _times(u: Jet, v: Jet, prime: int) -> Jet:
    found: Jet = {}
    for s, x in u.items():
        for t, y in v.items():
            if not s & t:
                found[s | t] = (found.get(s | t, 0) + x * y) % prime
    return found


def _at(f: Polynomial, state: Sequence[Jet], prime: int) -> Jet:
    total: Jet = {}
    for exponents, c in f.items():
        term: Jet = {0: c % prime}
        for jet, e in zip(state, exponents, strict=True):
            for _ in range(e):
                term = _times(term, jet, prime)
        for s, x in term.items():
            total[s] = (total.get(s, 0) + x) % prime
    return total


def _bracket(
    fields: Sequence[Sequence[Polynomial]], word: tuple[int, ...], state: list[Jet], used: int, prime: int
) -> list[Jet]:
    """The field of the word at a state that knows ``used`` nilpotents."""
    first = [_at(f, state, prime) for f in fields[word[0]]]
    if len(word) == 1:
        return first
    rest = _bracket(fields, word[1:], state, used, prime)
    new = 1 << used
    along = _bracket(fields, word[1:], _moved(state, first, new), used + 1, prime)
    against = [_at(f, _moved(state, rest, new), prime) for f in fields[word[0]]]
    answer = []
    for u, v in zip(along, against, strict=True):
        jets = {s ^ new: x for s, x in u.items() if s & new}
        for s, x in v.items():
            if s & new:
                jets[s ^ new] = (jets.get(s ^ new, 0) - x) % prime
        answer.append(jets)
    return answer


def _moved(state: Sequence[Jet], direction: Sequence[Jet], new: int) -> list[Jet]:
    """state + e direction, with e the nilpotent ``new``; constants, which have no direction, stay."""
    answer = []
    for k, jet in enumerate(state):
        more = {s | new: x for s, x in direction[k].items()} if k < len(direction) else {}
        answer.append({**jet, **more})
    return answer


def _rank(rows: Sequence[Sequence[int]], prime: int) -> int:
    table = [list(row) for row in rows]
    found = 0
    for column in range(len(table[0]) if table else 0):
        pivot = next((k for k in range(found, len(table)) if table[k][column] % prime), None)
        if pivot is None:
            continue
        table[found], table[pivot] = table[pivot], table[found]
        inverse = pow(table[found][column], -1, prime)
        for k in range(found + 1, len(table)):
            factor = table[k][column] * inverse % prime
            if factor:
                table[k] = [(x - factor * y) % prime for x, y in zip(table[k], table[found], strict=True)]
        found += 1
    return found
