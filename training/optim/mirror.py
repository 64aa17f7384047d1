"""Mirror descent for a separable potential, in the dual variable or through the inverse metric."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from training.optim.descent import Descent, direction, directions
from training.optim.fused import Fused
from training.optim.maps import MirrorMap, Power

FORMS = ("dual", "metric")
_SMALL = 1 << 16  # entries; smaller tensors of one map are joined, since starting an operation costs more than copying


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
        options = {"lr": lr, "q": q, "coupled": coupled, "decoupled": decoupled, "form": form}
        kept = {"potential": self._kept(potential), "nan": nan, "foreach": foreach, "compiled": compiled}
        super().__init__(params, {**options, **kept})

    def _kept(self, potential: Any) -> dict[str, Any]:
        """The record of a potential, under which the potential itself is remembered."""
        if not hasattr(potential, "record"):
            name = type(potential).__name__
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
        return {**super().__getstate__(), "_maps": self._maps, "_at": self._at}

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
    ) -> list[Tensor]:
        ds, xs = _prepared(group, lr, ps, gs)
        if group["foreach"] is False:
            return [_moved(m, x, d, lr, group["form"]) for m, x, d in zip(maps, xs, ds, strict=True)]
        return _joined(maps, lr, xs, ds, group["form"])

    def _fused(
        self, group: dict[str, Any], lr: Any, maps: list[Any], ps: list[Tensor], gs: list[Tensor]
    ) -> Fused:
        q, coupled, decoupled = group["q"], group["coupled"], group["decoupled"]
        xs = [p * (1 - lr * decoupled) if decoupled else p for p in ps]
        ds = [direction(g + coupled * p if coupled else g, q) for p, g in zip(ps, gs, strict=True)]
        if group["form"] == "metric":
            return [x - lr * d * m.inverse_metric(x) for m, x, d in zip(maps, xs, ds, strict=True)], [], []
        new, good, asked = [], [], []
        for k, (chosen, x, d) in enumerate(zip(maps, xs, ds, strict=True)):
            y, settled = chosen.near(x, lr * d)
            new.append(y)
            if settled is not None:
                good.append(settled.all())
                asked.append(k)
        return new, good, asked

    def _again(self, group: dict[str, Any], lr: Any, chosen: Any, p: Tensor, g: Tensor) -> Tensor:
        (d,), (x,) = _prepared(group, lr, [p], [g])
        return chosen.displaced(x, lr * d)


def _prepared(group: dict[str, Any], lr: Any, ps: list[Tensor], gs: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """The directions, and the points that they start from: shrunk where decay is decoupled."""
    coupled, decoupled = group["coupled"], group["decoupled"]
    ds = directions(list(torch._foreach_add(gs, ps, alpha=coupled)) if coupled else gs, group["q"])
    return ds, list(torch._foreach_mul(ps, 1 - lr * decoupled)) if decoupled else ps


def _joined(maps: list[Any], lr: Any, xs: list[Tensor], ds: list[Tensor], form: str) -> list[Tensor]:
    """One run of operations for all the small tensors that one map moves; a large one in parts that stay in cache."""
    result: list[Tensor] = list(xs)
    together: dict[int | str, tuple[MirrorMap, list[int]]] = {}
    for k, (chosen, x) in enumerate(zip(maps, xs, strict=True)):
        if x.numel() > _SMALL:
            result[k] = _in_parts(chosen, x, ds[k], lr, form)
        else:  # a map that follows the width is one object for each shape, equal for equal widths
            name = repr(chosen) if hasattr(chosen, "__dataclass_fields__") else id(chosen)
            together.setdefault(name, (chosen, []))[1].append(k)
    for chosen, where in together.values():
        x, d = (torch.cat([ts[k].reshape(-1) for k in where]) for ts in (xs, ds))
        new = _in_parts(chosen, x, d, lr, form)
        for k, part in zip(where, new.split([xs[k].numel() for k in where]), strict=True):
            result[k] = part.view(xs[k].shape)
    return result


def _in_parts(chosen: MirrorMap, x: Tensor, d: Tensor, lr: Any, form: str) -> Tensor:
    if x.device.type != "cpu" or x.numel() <= _SMALL or not (x.is_contiguous() and d.is_contiguous()):
        return _moved(chosen, x, d, lr, form)
    new = torch.empty_like(x)
    places = (t.view(-1).split(_SMALL) for t in (x, d, new))
    for part, way, place in zip(*places, strict=True):
        place.copy_(_moved(chosen, part, way, lr, form))
    return new


def _moved(chosen: MirrorMap, x: Tensor, d: Tensor, lr: Any, form: str) -> Tensor:
    if form == "metric":
        return x - chosen.inverse_metric(x).mul_(d).mul_(lr)
    step = lr * d
    new, good = chosen.near(x, step)
    return new if good is None or bool(good.all()) else chosen.displaced(x, step)
