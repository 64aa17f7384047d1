"""What is measured on a network: distances travelled, margins by layer, and curves of layer-wise magnitude pruning."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from training.factorize import factors

Named = Mapping[str, Tensor]


def snapshot(model: nn.Module) -> dict[str, Tensor]:
    """A copy of the parameters, without buffers: what a distance is measured from."""
    return {n: p.detach().clone() for n, p in model.named_parameters()}


def distances(before: nn.Module | Named, after: nn.Module | Named) -> dict[str, float]:
    """{"L1": sum |b - a|, "L2": (sum |b - a|^2)^(1/2)} over the parameters, added in double precision.

    Statistics of batch norm and other buffers are no parameters; of two mappings every tensor counts. Raises ValueError
    where names or shapes differ.
    """
    first, second = _named(before), _named(after)
    if first.keys() != second.keys():
        odd = sorted(first.keys() ^ second.keys())
        raise ValueError(f"the parameters differ: {odd[0]} is in one of the two alone")
    total = square = 0.0
    for name, a in first.items():
        b = second[name]
        if a.shape != b.shape:
            raise ValueError(f"{name} has the shape {tuple(a.shape)} before and {tuple(b.shape)} after")
        wide = torch.complex128 if a.is_complex() or b.is_complex() else torch.float64
        gap = (b.detach().to(wide) - a.detach().to(b.device, wide)).abs()
        total += float(gap.sum())
        square += float(gap.square().sum())
    return {"L1": total, "L2": math.sqrt(square)}


def gaps(outputs: Tensor, labels: Tensor) -> Tensor:
    """y_i f(x_i) for outputs (n,) or (n, 1), labels in {-1, 1} or {0, 1}; f_y - max_{j != y} f_j for (n, classes).

    labels: (n,), with at least one. Raises ValueError where they do not fit.
    """
    if outputs.ndim not in (1, 2) or labels.shape != outputs.shape[:1] or not len(labels):
        raise ValueError(f"outputs {tuple(outputs.shape)} and labels {tuple(labels.shape)} do not fit")
    if outputs.ndim == 1 or outputs.shape[1] == 1:
        signs = torch.where(labels > 0, 1.0, -1.0).to(outputs)
        return outputs.reshape(-1) * signs
    own = outputs.gather(1, labels[:, None]).squeeze(1)
    others = outputs.scatter(1, labels[:, None], -math.inf)
    return own - others.amax(1)


def margins(
    weights: nn.Module | Named, outputs: Tensor, labels: Tensor, p: float = 2.0
) -> dict[str, float | dict[str, float]]:
    """The margin min_i gap_i, what is left of it over the norm of each layer, and over the product of all of them.

    {"margin", "layers": name -> margin/||W||_p, "norms": name -> ||W||_p, "normalized": margin/prod ||W||_p}, for the
    weights with two sizes or more. For a network that is homogeneous of degree one in each of them, "normalized" does
    not depend on their scales. Raises ValueError where no such weight is there or one is 0, and for factorised weights.
    Source: the margin of K. Lyu and J. Li, with the norms layer by layer.
    """
    _whole(weights)
    norms = {
        name: float(torch.linalg.vector_norm(w.detach().double(), p))
        for name, w in _named(weights).items()
        if w.ndim > 1
    }
    if not norms or min(norms.values()) == 0:
        raise ValueError("margins need weights of two sizes or more, none of them 0")
    margin = float(gaps(outputs.detach().double(), labels).min())
    logarithm = sum(math.log(n) for n in norms.values())  # the product itself may overflow
    size = math.exp(math.log(abs(margin)) - logarithm) if margin else 0.0
    layers = {name: margin / n for name, n in norms.items()}
    return {"margin": margin, "layers": layers, "norms": norms, "normalized": math.copysign(size, margin)}


@contextmanager
def pruned(model: nn.Module, fraction: float) -> Iterator[dict[str, int]]:
    """The model with the smallest ``fraction`` of the entries of each weight at 0, as it was afterwards.

    floor(fraction * entries) of every parameter with two sizes or more, the earlier of two equal ones first. Gives the
    numbers of entries cut. Raises ValueError for a fraction outside [0, 1], and for factorised weights, which are to be
    folded before.
    """
    _whole(model)
    if not 0 <= fraction <= 1:
        raise ValueError(f"the fraction must lie in [0, 1], not at {fraction}")
    kept: list[tuple[nn.Parameter, Tensor]] = []
    cut: dict[str, int] = {}
    try:
        with torch.no_grad():
            for name, p in model.named_parameters():
                if p.ndim < 2:
                    continue
                kept.append((p, p.detach().clone()))
                cut[name] = math.floor(fraction * p.numel())
                order = torch.argsort(p.detach().abs().flatten(), stable=True)[: cut[name]]
                flat = p.detach().clone().flatten()
                flat[order] = 0
                p.copy_(flat.view_as(p))
        yield cut
    finally:
        with torch.no_grad():
            for p, original in kept:
                p.copy_(original)


def pruning_curve(
    model: nn.Module, fractions: Sequence[float], evaluate: Callable[[nn.Module], float]
) -> dict[str, list[float]]:
    """{"x": fractions, "y": evaluate(model) with each of them cut from every layer}."""
    values = []
    for fraction in fractions:
        with pruned(model, fraction), torch.no_grad():
            values.append(float(evaluate(model)))
    return {"x": [float(fraction) for fraction in fractions], "y": values}


def _whole(given: nn.Module | Named) -> None:
    """Of factorised weights the parameters are the factors, whose sizes say nothing of the weights."""
    if isinstance(given, nn.Module) and (own := factors(given)):
        raise ValueError(f"{next(iter(own))} is a product of factors: fold(model), or a copy of it, first")


def _named(given: nn.Module | Named) -> dict[str, Tensor]:
    return dict(given.named_parameters()) if isinstance(given, nn.Module) else dict(given)
