"""What is examined: a parameterization from expressions or a network from the shelf."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass
from functools import cached_property

from flint import fmpq, fmpq_mpoly

from numerics.laws import networks
from numerics.laws.identities import Law
from numerics.laws.maps import PolynomialMap
from numerics.laws.ring import Ring
from verify.language.errors import LanguageError, did_you_mean
from verify.language.given import parse_given
from verify.language.parse import parse_term
from verify.reparam.reading import ROOM, Parameterized, Request, read, sample_point
from verify.reparam.writing import to_term
from verify.statement import Domain

SMALL = 12  # weights of a preset that is examined as expressions are
MAX_TERMS = 120_000
MAX_WEIGHTS = 600

PRESETS = ("linear", "relu", "attention", "value-output", "gated")
_HELP = (
    '"linear 3,4,2", "relu 3,4,2", "attention d=4 k=2", "value-output d=4 k=2", each also with "bias", "gated 3,4", '
    '"gated 3,4,2 smooth"'
)


@dataclass
class Subject:
    """map: where G is a polynomial. small: where it is small enough to be worked with symbolically."""

    request: Request
    map: PolynomialMap | None
    small: Parameterized | None

    @property
    def weights(self) -> int:
        if self.small is not None:
            return len(self.small.weights)
        assert self.map is not None
        return self.map.weights

    @property
    def outputs(self) -> int:
        if self.small is not None:
            return len(self.small.coordinates)
        assert self.map is not None
        return self.map.outputs

    @property
    def names(self) -> tuple[str, ...]:
        if self.small is not None:
            return self.small.names
        assert self.map is not None
        return self.map.names

    @cached_property
    def fields(self) -> list[list[fmpq_mpoly]]:
        """The gradients of the coordinates in the ring of the small one."""
        assert self.small is not None
        return [[self.small.ring.reduced(e) for e in self.small.ring.gradient(g)] for g in self.small.coordinates]

    def law_text(self, law: Law) -> str:
        return law_text(law, self.names)


def law_text(law: Law, names: tuple[str, ...]) -> str:
    """The polynomial as text, its first coefficient positive."""
    parts = []
    flip = -1 if next(iter(law.values()), 1) < 0 else 1
    for exponents, c in law.items():
        c *= flip
        factors = [n if e == 1 else f"{n}**{e}" for n, e in zip(names, exponents, strict=True) if e]
        if abs(c) != 1 or not factors:
            factors.insert(0, str(abs(c)))
        parts.append(("-" if c < 0 else "+", "*".join(factors)))
    text = " ".join(f"{s} {p}" for s, p in parts)
    return text.removeprefix("+ ") if text.startswith("+ ") else "-" + text[2:]


def subject(request: Request) -> Subject:
    """Raises ``LanguageError`` for what cannot be read."""
    if request.preset and request.expressions:
        raise LanguageError("give either expressions or a preset, not both", 1, "preset")
    if not request.preset:
        small = read(request)
        return Subject(request, small.polynomial, small)
    if request.weights:
        raise LanguageError("a preset names its own weights; leave --in out", 1, "in")
    for k, h in enumerate(parse_given(list(request.given)).hypotheses, 1):
        if h.free != {"x"}:
            message = f"{h} has no meaning for a preset; only the x of --mirror may be bound"
            raise LanguageError(message, 1, f"given[{k}]")
    network = preset(request.preset)
    return Subject(request, network, _small(network, request))


def _small(network: PolynomialMap, request: Request) -> Parameterized | None:
    claimed = [(t, parse_term(t, network.names, where=f"law {k}")) for k, t in enumerate(request.laws, 1)]
    if (network.weights > SMALL or network.outputs > SMALL) and not claimed:
        return None
    domain = Domain(tuple((name, "real") for name in network.names))
    ring = Ring(network.names, (), ROOM)
    spare = (0,) * (len(ring.generators) - len(network.names))
    coordinates = []
    for g in network.polynomials:
        coordinates.append(ring.context.from_dict({(*e, *spare): fmpq(c) for e, c in g.to_dict().items()}))
    terms = [to_term(ring, g, network.names) for g in coordinates]
    point = sample_point(domain, network.names, ring, random.Random(request.seed))
    return Parameterized(domain, network.names, (), ring, coordinates, terms, point, claimed)


def preset(text: str) -> PolynomialMap:
    """The network of a text such as ``relu 3,4,2 bias``; raises ``LanguageError`` with the column of what is wrong."""
    words = [(m.group(), m.start() + 1) for m in re.finditer(r"\S+", text[:200])]
    if not words:
        raise LanguageError(f"write a network, such as {_HELP}", 1, "preset")
    (kind, column), *rest = words
    if kind not in PRESETS:
        hint = did_you_mean(kind, PRESETS) or f"; there are {', '.join(PRESETS)}"
        raise LanguageError(f"no network is called {kind[:30]!r}{hint}", column, "preset")
    if kind in ("attention", "value-output"):
        bias = rest[-1:] and rest[-1][0] == "bias"
        sizes = _sizes(rest[:-1] if bias else rest, ("d", "k"))
        _bounded((2 * sizes["d"] + 2) * sizes["k"], sizes["d"] * (sizes["d"] + 1) * sizes["k"])
        make = networks.attention if kind == "attention" else networks.value_output
        return make(sizes["d"], sizes["k"], bool(bias))
    widths, flags = _widths(rest, ("smooth",) if kind == "gated" else ("bias",))
    if kind == "gated":
        if len(widths) not in (2, 3):
            raise LanguageError("gated needs inputs, hidden units and, if you like, outputs, as in 3,4,1", 1, "preset")
        inputs, hidden, outputs = (*widths, 1)[:3]
        _bounded(hidden * (2 * inputs + outputs), outputs * inputs**2 * hidden)
        make_gated = networks.gated_by_a_function if flags else networks.gated
        return make_gated(inputs, hidden, outputs)
    weights = sum(a * b for a, b in itertools.pairwise(widths))
    paths = 1
    for w in widths:
        paths *= w
    _bounded(weights, paths)
    return (networks.linear if kind == "linear" else networks.relu)(widths, bool(flags))


def _bounded(weights: int, terms: int) -> None:
    if weights > MAX_WEIGHTS or terms > MAX_TERMS:
        raise LanguageError(
            f"{weights} weights, {terms} products of them: more than the limits {MAX_WEIGHTS}, {MAX_TERMS}", 1, "preset"
        )  # fmt: skip


def _sizes(words: list[tuple[str, int]], names: tuple[str, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word, column in words:
        match = re.fullmatch(r"([a-z])=([0-9]{1,4})", word)
        if match is None or match[1] not in names or int(match[2]) < 1:
            raise LanguageError(f"{word[:30]!r} is not a size; write, for example, d=4 k=2", column, "preset")
        found[match[1]] = int(match[2])
    for name in names:
        if name not in found:
            raise LanguageError(f"the size {name} is missing; write, for example, d=4 k=2", 1, "preset")
    return found


def _widths(words: list[tuple[str, int]], flags: tuple[str, ...]) -> tuple[list[int], bool]:
    if not words or not re.fullmatch(r"[0-9]{1,4}(,[0-9]{1,4})+", words[0][0]):
        column = words[0][1] if words else 1
        raise LanguageError("widths are missing; write them with commas, as in 3,4,2", column, "preset")
    widths = [int(w) for w in words[0][0].split(",")]
    if min(widths) < 1:
        raise LanguageError("a width is at least 1", words[0][1], "preset")
    for word, column in words[1:]:
        if word not in flags:
            allowed = f"only {', '.join(flags)}" if flags else "nothing"
            raise LanguageError(f"{word[:30]!r} has no meaning here; {allowed} may follow", column, "preset")
        if column != words[1][1]:
            raise LanguageError(f"{word[:30]!r} stands here twice", column, "preset")
    return widths, len(words) > 1
