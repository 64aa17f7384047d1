"""Mirror descent for a separable potential, in the dual variable or through the inverse metric."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from training.optim.descent import PART, Descent, direction, parts
from training.optim.fused import Fused
from training.optim.maps import MirrorMap, Power

FORMS = ("dual", "metric")
_SMALL = PART  # entries; smaller tensors of one map are joined, since starting an operation costs more than copying


class MirrorDescent(Descent):
    """R'(theta_new) = R'(theta) - lr d, or with form="metric" theta_new = theta - lr d/R''(theta); entry by entry.

    d = spow(g + coupled theta, q - 1), q = 2 unless told, and theta is taken times 1 - lr decoupled before. The
    potential: a map of ``training.optim`` (``HyperbolicEntropy``, ``Power``, ``SmoothedHomogeneous``), one that follows
    the width of the layer (``HyperbolicByWidth``, ``HomogeneousByWidth``), or any potential of ``theory`` through
    ``Derived``. Both forms have the mirror flow theta' = -d/R''(theta) as their limit for small steps; the metric form
    may pass from one sign to the other where the dual form cannot.

    The state keeps the potential as plain data, and is taken back by an optimizer built with the same potential alone.
    Raises ValueError for options out of range; FloatingPointError (see ``nan``) also where the step leaves the range of
    R'. ``foreach``, ``compiled`` and ``nan`` as in ``Descent``.

    Source: A. Nemirovski and D. Yudin; the metric form: the mirror-flow paper, Appendix J.3.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor,
        potential: Any,
        *,
        form: str = "dual",
        q: float = 2.0,
        coupled: float = 0.0,
        decoupled: float = 0.0,
        nan: str = "raise",
        foreach: bool | None = None,
        compiled: bool = False,
    ) -> None:
        self._maps: dict[str, Any] = {}
        self._at: dict[str, Any] = {}
        self._room: dict[Any, Tensor] = {}
        options = {"lr": lr, "q": q, "coupled": coupled, "decoupled": decoupled, "form": form}
        kept = {"potential": self._kept(potential), "nan": nan, "foreach": foreach, "compiled": compiled}
        super().__init__(params, {**options, **kept})

    def _kept(self, potential: Any) -> dict[str, Any]:
        """The record of a potential, under which the potential itself is remembered."""
        if isinstance(potential, type) or not hasattr(potential, "record"):
            name = getattr(potential, "__name__", type(potential).__name__)
            raise TypeError(f"{name} is no mirror map: for a potential of theory give Derived(potential)")
        record = dict(potential.record())
        self._maps[repr(record)] = potential
        return record

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """A further group, with a potential of its own where one is given."""
        if "potential" in param_group and not isinstance(param_group["potential"], dict):
            param_group = {**param_group, "potential": self._kept(param_group["potential"])}
        form = param_group.get("form", self.defaults["form"])
        if form not in FORMS:
            raise ValueError(f"form must be one of {', '.join(FORMS)}, not {form!r}")
        chosen = self._maps[repr(param_group.get("potential", self.defaults["potential"]))]
        if form == "metric" and isinstance(chosen, Power) and chosen.exponent < 0:
            raise ValueError("the metric form needs a finite 1/R'': that of |x|^p, p > 2, is infinite at 0")
        super().add_param_group(param_group)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Raises ValueError where a saved potential is not the one that the group was built with."""
        for own, saved in zip(self.param_groups, state_dict["param_groups"], strict=False):
            if saved.get("potential") != own["potential"]:
                raise ValueError(f"the state was saved with {saved.get('potential')}, not with {own['potential']}")
            if saved.get("form") not in FORMS:
                raise ValueError(f"the state has the form {saved.get('form')!r}")
        super().load_state_dict(state_dict)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_maps": self._maps, "_at": self._at, "_room": {}}

    def _maps_of(self, group: dict[str, Any], ps: list[Tensor]) -> list[Any]:
        name = repr(group["potential"])
        potential = self._maps[name]
        if not hasattr(potential, "at"):
            return [potential] * len(ps)
        found = []
        for p in ps:
            place = f"{name} {tuple(p.shape[1:])}"
            if place not in self._at:
                self._at[place] = potential.at(p)
            found.append(self._at[place])
        return found

    def _move(
        self, group: dict[str, Any], lr: Any, maps: list[Any], ps: list[Tensor], gs: list[Tensor]
    ) -> list[Tensor] | None:
        if group["foreach"] is False:
            return [_moved(group, lr, m, p, g) for m, p, g in zip(maps, ps, gs, strict=True)]
        if group["nan"] == "ignore":  # nothing is looked at: in place
            _joined(group, lr, maps, ps, gs, ps)
            return None
        new = self._places(ps)
        _joined(group, lr, maps, ps, gs, new)
        return new

    def _places(self, ps: list[Tensor]) -> list[Tensor]:
        """Kept from step to step: new memory costs more than the step itself."""
        found = []
        for k, p in enumerate(ps):
            name = k, p.shape, p.stride(), p.dtype, p.device
            if name not in self._room:
                self._room[name] = torch.empty_like(p)
            found.append(self._room[name])
        return found

    def _fused(
        self, group: dict[str, Any], lr: Any, maps: list[Any], ps: list[Tensor], gs: list[Tensor]
    ) -> Fused:
        q, coupled, decoupled = group["q"], group["coupled"], group["decoupled"]
        xs = [p * (1 - lr * decoupled) if decoupled else p for p in ps]
        ds = [direction(g + coupled * p if coupled else g, q) for p, g in zip(ps, gs, strict=True)]
        if group["form"] == "metric":
            return [x - lr * d * m.inverse_metric(x) for m, x, d in zip(maps, xs, ds, strict=True)], [None] * len(ps)
        near = [m.near(x, lr * d) for m, x, d in zip(maps, xs, ds, strict=True)]
        return [y for y, _ in near], [settled for _, settled in near]

    def _asks(self, group: dict[str, Any], maps: list[Any]) -> bool:
        still = torch.zeros(1)
        return group["form"] == "dual" and any(m.near(still + 1, still)[1] is not None for m in maps)

    def _whole(self, group: dict[str, Any], lr: Any, chosen: Any, p: Tensor, g: Tensor) -> Tensor:
        return _moved(group, lr, chosen, p, g)


def _prepared(group: dict[str, Any], lr: Any, p: Tensor, g: Tensor) -> tuple[Tensor, Tensor]:
    """The point that a step starts from, shrunk where decay is decoupled, and the direction."""
    coupled, decoupled = group["coupled"], group["decoupled"]
    d = direction(g + coupled * p if coupled else g, group["q"])
    return (p * (1 - lr * decoupled) if decoupled else p), d


def _moved(group: dict[str, Any], lr: Any, chosen: MirrorMap, p: Tensor, g: Tensor) -> Tensor:
    x, d = _prepared(group, lr, p, g)
    if group["form"] == "metric":
        if isinstance(lr, Tensor):
            return x - chosen.inverse_metric(x).mul_(d).mul_(lr)
        return torch.addcmul(x, chosen.inverse_metric(x), d, value=-lr)
    step = lr * d
    new, good = chosen.near(x, step)
    return new if good is None or bool(good.all()) else chosen.displaced(x, step)


def _joined(
    group: dict[str, Any], lr: Any, maps: list[Any], ps: list[Tensor], gs: list[Tensor], to: list[Tensor]
) -> None:
    """Writes where ps go: small tensors that one map moves together, large ones in parts that stay in cache."""
    bundles: dict[int | str, list[int]] = {}

    def send(where: list[int]) -> None:
        sizes = [ps[k].numel() for k in where]
        p, g = (torch.cat([ts[k].reshape(-1) for k in where]) for ts in (ps, gs))
        new = _moved(group, lr, maps[where[0]], p, g).split(sizes)
        torch._foreach_copy_([to[k] for k in where], [t.view(ps[k].shape) for k, t in zip(where, new, strict=True)])

    for k, (chosen, p) in enumerate(zip(maps, ps, strict=True)):
        if p.numel() >= _SMALL:
            _in_parts(group, lr, chosen, p, gs[k], to[k])
            continue
        # a map that follows the width is one object for each shape, equal for equal widths
        bundle = bundles.setdefault(repr(chosen) if hasattr(chosen, "__dataclass_fields__") else id(chosen), [])
        if bundle and sum(ps[i].numel() for i in bundle) + p.numel() > _SMALL:
            send(bundle)
            bundle.clear()
        bundle.append(k)
    for bundle in bundles.values():
        send(bundle)


def _in_parts(group: dict[str, Any], lr: Any, chosen: MirrorMap, p: Tensor, g: Tensor, to: Tensor) -> None:
    for part, slope, place in parts(p, g, to):
        place.copy_(_moved(group, lr, chosen, part, slope))
