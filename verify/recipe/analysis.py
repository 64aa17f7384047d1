"""All recommendations for one question."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verify.language.errors import LanguageError
from verify.recipe.answers import Recommendation
from verify.recipe.ledger import Ledger
from verify.recipe.setting import Request, Setting, read
from verify.reparam.answers import BadRequest

SECONDS = 5.0


@dataclass(frozen=True)
class Report:
    """What is recommended. ``report["lambda"]`` is the one of that id for all layers, ``report["rate", "layer 1"]``
    that of one layer."""

    setting: Setting
    source: str
    recommendations: tuple[Recommendation, ...]
    seconds: float

    def __getitem__(self, key: str | tuple[str, str]) -> Recommendation:
        id, layer = (key, "") if isinstance(key, str) else key
        for r in self.recommendations:
            if (r.id, r.layer) == (id, layer):
                return r
        there = ", ".join(r.id + (f" of {r.layer}" if r.layer else "") for r in self.recommendations)
        raise KeyError(f"nothing is recommended under {key!r}; there are {there}")

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.recommendations)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Every warning once, those of the model first."""
        told = [*self.setting.notes, *(w for r in self for w in r.all_warnings)]
        return tuple(dict.fromkeys(told))

    @property
    def status(self) -> int:
        """0: everything recommended rests on statements that hold and speak of such a model; 1: not so, or the aim is
        not to be had this way."""
        return int(bool(self.setting.notes) or not all(r.firm for r in self))

    def as_json(self) -> dict[str, Any]:
        it = self.setting
        return {
            "schema": 1,
            "recipe": {
                "aim": it.aim, "q": None if it.q is None else str(it.q), "mirror": it.mirror or None,
                "decay": it.decay, "depth": it.depth or None, "verdicts": self.source,
                "layers": [{"name": x.name, "fan_in": x.fan_in, "weights": x.weights, "sigma": x.sigma,
                            "measured": x.measured} for x in it.layers],
            },
            "recommendations": [r.as_json() for r in self],
            "warnings": list(self.warnings),
            "seconds": round(self.seconds, 3),
        }  # fmt: skip


def recommend(request: Request, seconds: float = SECONDS, module: Any = None) -> Report:
    """Raises ``BadRequest`` for what cannot be read. seconds: processor time of one statement about a map of one's own.

    module: a torch module, in place of widths.
    """
    begun = time.monotonic()
    from verify.recipe import maps
    from verify.recipe.mirror import Mirror
    from verify.recipe.module import NoModule, layers
    from verify.recipe.steepest import Steepest

    try:
        found, notes = layers(module) if module is not None else ((), ())
        it = read(request, found, notes)
        ledger = Ledger(request.results)
        if it.mirror:
            chosen = Mirror(it, ledger, maps.read(it.mirror, request.given), seconds).all()
        else:
            chosen = Steepest(it, ledger).all()
    except NoModule as error:
        raise BadRequest(str(error)) from None
    except LanguageError as error:
        raise BadRequest(" ".join(str(error).split())) from None
    except ValueError as error:
        raise BadRequest(" ".join(str(error).split())) from None
    return Report(it, str(ledger.path), tuple(chosen), time.monotonic() - begun)
