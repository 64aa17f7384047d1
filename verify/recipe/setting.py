"""The model, the optimizer and the aim as they were written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from verify.language.errors import LanguageError, did_you_mean
from verify.reparam.constants import constant

AIMS = ("sparse", "dense", "escape", "margin")
DECAYS = ("none", "coupled", "decoupled")
# optimizer -> (its index q, the decay that its name implies)
OPTIMIZERS: dict[str, tuple[int, str]] = {
    "gd": (2, ""), "sgd": (2, ""), "sign": (1, ""), "signgd": (1, ""), "adam": (1, ""), "adamw": (1, "decoupled"),
}  # fmt: skip
SIGN_LIKE = ("adam", "adamw")
MOST_LAYERS, WIDEST, DEEPEST, LARGEST_INDEX = 256, 10**9, 64, 64


@dataclass(frozen=True)
class Request:
    """The texts of a question, as they came in.

    widths: of the layers, the inputs first. depth: factors of each weight, x = w_1 ... w_L, for a steepest flow (0: to
    be recommended). mirror: ``entropy``, ``square``, ``power P`` or an expression in x. sigma: size of the initial
    weights (default: sqrt(2/fan-in) in each layer). results: a file with verdicts (default: the lock file).
    """

    aim: str
    widths: tuple[int, ...] = ()
    depth: int = 0
    optimizer: str = ""
    q: str = ""
    mirror: str = ""
    given: tuple[str, ...] = ()
    decay: str = ""
    sigma: str = ""
    results: Path | None = None
    seed: int = 20250101


@dataclass(frozen=True)
class Layer:
    """A layer as a recipe sees it: its inputs, its weights, their size at the start."""

    name: str
    fan_in: int
    weights: int
    sigma: float
    measured: bool = False  # sigma is that of the weights themselves


@dataclass(frozen=True)
class Setting:
    """A request that was read. q: None where a mirror map was asked for, or where q is to be recommended."""

    request: Request
    aim: str
    q: Fraction | None
    mirror: str
    decay: str
    sigma: Fraction | None
    layers: tuple[Layer, ...]
    notes: tuple[str, ...] = ()

    @property
    def weights(self) -> int:
        return sum(layer.weights for layer in self.layers)

    @property
    def depth(self) -> int:
        """The depth that is fixed by the question; 0 where it is free."""
        return self.request.depth or (len(self.layers) if self.layers and not self.mirror else 0)


def read(request: Request, layers: Sequence[Layer] = (), notes: Sequence[str] = ()) -> Setting:
    """Raises ``LanguageError`` for what cannot be read. layers: those of a module, in place of widths."""
    aim = _one_of(request.aim, AIMS, "aim")
    decay = _one_of(request.decay, DECAYS, "decay") if request.decay else ""
    q: Fraction | None = None
    if request.optimizer:
        name = _one_of(request.optimizer.lower(), tuple(OPTIMIZERS), "optimizer")
        if request.q or request.mirror:
            raise LanguageError("the optimizer is already told by its q or its mirror map; keep one", None, "optimizer")
        index, implied = OPTIMIZERS[name]
        q = Fraction(index)
        if implied and decay and decay != implied:
            raise LanguageError(f"{name} has {implied} decay, not {decay}", None, "decay")
        decay = decay or implied
    if request.q:
        if request.mirror:
            raise LanguageError("either an index q of steepest descent or a mirror map, not both", None, "q")
        q = _number(request.q, "q", "a number from 1 to 64, as in 3/2")
        if not 1 <= q <= LARGEST_INDEX:
            raise LanguageError(f"the index is a number from 1 to {LARGEST_INDEX}, as in 3/2", 1, "q")
    if request.given and not request.mirror:
        raise LanguageError("hypotheses are for the parameters of a mirror map; give one with --mirror", None, "given")
    if request.depth and request.mirror:
        raise LanguageError("a mirror map has no factors; leave the depth away, or give q", None, "depth")
    if not 0 <= request.depth <= DEEPEST:
        raise LanguageError(f"the depth is a whole number from 1 to {DEEPEST}", None, "depth")
    sigma = _number(request.sigma, "sigma", "a number between 0 and 1, as in 1e-2") if request.sigma else None
    if sigma is not None and not 0 < sigma < 1:
        raise LanguageError("the size of the initial weights is a number between 0 and 1, as in 1e-2", 1, "sigma")
    if layers and request.widths:
        raise LanguageError("the module has its own widths; leave them away", None, "widths")
    built = tuple(layers) or _layers(request.widths, sigma)
    return Setting(request, aim, q, request.mirror.strip(), decay or "none", sigma, built, tuple(notes))


def _one_of(text: str, names: tuple[str, ...], place: str) -> str:
    if text not in names:
        hint = did_you_mean(text, names)
        raise LanguageError(f"no {place} is called {text[:40]!r}{hint}; there are {', '.join(names)}", None, place)
    return text


def _number(text: str, place: str, wanted: str) -> Fraction:
    value = constant(text, place)
    if value is None:
        raise LanguageError(f"not {wanted}", 1, place)
    return value


def _layers(widths: Sequence[int], sigma: Fraction | None) -> tuple[Layer, ...]:
    if not widths:
        return ()
    if len(widths) < 2:
        raise LanguageError("at least two widths, those of the inputs and of the outputs, as in 784,100,10", None,
                            "widths")  # fmt: skip
    if len(widths) > MOST_LAYERS + 1 or not all(1 <= w <= WIDEST for w in widths):
        raise LanguageError(f"at most {MOST_LAYERS + 1} widths from 1 to {WIDEST}", None, "widths")
    return tuple(
        Layer(f"layer {k}", n, n * m, float(sigma) if sigma is not None else (2 / n) ** 0.5)
        for k, (n, m) in enumerate(pairwise(widths), 1)
    )
