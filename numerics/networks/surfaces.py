"""Sign flow of a network as a switched field: one switch for each factor of the gradient, and one for each kink.

On a branch of the kinks theta_e' = k sign_e prod_a s_a over the factors a of the slope by theta_e (``paths``), which is
of degree one in each s_a: the mean over independent signs is the velocity at their expectations. A field has one
branch, or the two beside one kink, each with its own factors: there it may slide along the kink, along factors on each
side of it, or pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from numerics.flows import SwitchedField
from numerics.networks.branches import Sides
from numerics.networks.losses import Loss
from numerics.networks.paths import Paths, Terms, factors

if TYPE_CHECKING:
    from numerics.networks.steepest import SteepestFlow

Array = np.ndarray


class Multilinear(SwitchedField):
    """A field of degree one in each of its signs."""

    def mixed(self, y: Array, s: Array) -> Array:
        return self.velocity(y, s)


@dataclass(frozen=True)
class Factors:
    """The factors of all entries on one branch, or on two, as sums of terms (a monomial, a constant, a form).

    owner: the factor of each term; monomials (T, m), filled up with the size of theta, which stands for 1; constants
    (T,), forms (T, K). For each branch entries (P, n): the factors of each entry, filled up with their number; signs
    (P,): 0, -1 or 1.
    """

    paths: tuple[Paths, ...]
    owner: Array
    monomials: Array
    constants: Array
    forms: Array
    entries: tuple[Array, ...]
    signs: tuple[Array, ...]

    @classmethod
    def of(cls, paths: tuple[Paths, ...], mask: Array) -> Factors:
        known: dict[tuple, tuple[int, Terms | None]] = {}
        all_entries, all_signs = [], []
        for side in paths:
            entries, signs = [], []
            for e in range(side.size):
                sign, found = factors(side.terms(e)) if mask[e] else (0, [])
                signs.append(sign)
                entries.append([known.setdefault(key, (len(known), terms))[0] for key, terms in found])
            all_entries.append(entries)
            all_signs.append(np.array(signs, dtype=float))
        rows = []
        samples, size = paths[0].c.shape[1], paths[0].size
        for key, (number, terms) in known.items():
            for monomial, c in ({(key[1],): np.ones(1)} if terms is None else terms).items():
                constant = float(c[0]) if terms is None or key[0] == "sum" else 0.0
                form = np.zeros(samples) if terms is None or key[0] == "sum" else c
                rows.append((number, monomial, constant, form))
        return cls(
            paths, np.array([r[0] for r in rows], dtype=int), _filled([r[1] for r in rows], size),
            np.array([r[2] for r in rows]), np.array([r[3] for r in rows]).reshape(len(rows), samples),
            tuple(_filled(entries, len(known)) for entries in all_entries), tuple(all_signs),
        )  # fmt: skip

    @property
    def count(self) -> int:
        return int(self.owner.max()) + 1 if len(self.owner) else 0

    @cached_property
    def seen(self) -> Array:
        """The samples in the forms of each factor (count, K)."""
        out = np.zeros((self.count, self.forms.shape[1]), dtype=bool)
        np.logical_or.at(out, self.owner, self.forms != 0)
        return out

    def shares(self, logs: Array) -> Array:
        """exp(logs), logs (K,), over its sum over the samples seen, for each factor (count, K).

        Relative to the weights of all samples a form of samples that are far from the margin is as small as the loss,
        and looks like 0 on all sides.
        """
        chosen = np.where(self.seen, logs, -np.inf)
        top = np.max(chosen, axis=1, initial=-np.inf, keepdims=True)
        raised = np.exp(chosen - np.where(np.isfinite(top), top, 0.0))
        return raised / np.where(np.any(self.seen, axis=1), raised.sum(axis=1), 1.0)[:, None]

    def levels(self, theta: Array, logs: Array) -> Array:
        """The factors at theta, for the logs of the samples' weights, each in terms of its own ``shares``."""
        values = np.prod(np.append(theta, 1.0)[self.monomials], axis=1)
        at = self.constants + np.sum(self.forms * self.shares(logs)[self.owner], axis=1)
        return np.bincount(self.owner, values * at, self.count)

    def normals(self, theta: Array, logs: Array, bend: Array) -> Array:
        """Their gradients (count, P); bend (K, P): that of the logs."""
        padded, size = np.append(theta, 1.0), len(theta)
        chosen, shares = padded[self.monomials], self.shares(logs)
        weighted = self.forms * shares[self.owner]
        forms = weighted.sum(axis=1)
        at = self.constants + forms
        rows = np.prod(chosen, axis=1)[:, None] * (weighted @ bend - forms[:, None] * (shares @ bend)[self.owner])
        for k in range(chosen.shape[1]):
            others = np.prod(np.delete(chosen, k, axis=1), axis=1) * at
            inside = self.monomials[:, k] < size
            rows[np.flatnonzero(inside), self.monomials[inside, k]] += others[inside]
        out = np.zeros((self.count, size))
        np.add.at(out, self.owner, rows)
        return out

    def direction(self, side: int, s: Array) -> Array:
        """spow(slope, 0) on a branch, for the signs s of the factors."""
        return np.asarray(self.signs[side] * np.prod(np.append(s, 1.0)[self.entries[side]], axis=1))

    def bend(self, side: int, theta: Array, loss: Loss) -> Array:
        """The derivatives of the logs of the weights on a branch (K, P)."""
        q = self.paths[side].outputs(theta)
        return np.asarray(-loss.bends(q)[:, None] * self.paths[side].jacobian(theta))


def _filled(rows: list, blank: int) -> Array:
    width = max((len(r) for r in rows), default=0)
    return np.array([[*r, *[blank] * (width - len(r))] for r in rows], dtype=int).reshape(len(rows), width)


def sign_field(flow: SteepestFlow, at: Sides) -> SwitchedField:
    """The field of one branch, or of the two branches beside a kink.

    Its switches: the kinks (of which only that one acts), then the factors of the branches.
    """
    known, first, k = flow.factors(at.branches), len(at.kinks), at.rep
    fixed = _fixed(flow, at, known)

    def velocity(y: Array, s: Array) -> Array:
        own = (s[first:], np.where(fixed[first:] == 0, s[first:], -s[first:]))
        parts = [known.direction(side, own[side]) for side in range(len(known.paths))]
        return flow.paced(y, parts[0] if k is None else ((1 + s[k]) * parts[0] + (1 - s[k]) * parts[1]) / 2)

    def switches(y: Array) -> Array:
        logs = flow.loss.terms(flow.outputs(y))[1]
        found = np.concatenate([flow.preactivations(y), known.levels(y, logs)])
        return np.where(fixed == 0, found, fixed)

    def normals(y: Array, s: Array) -> Array:
        logs = flow.loss.terms(flow.outputs(y))[1]
        bend = known.bend(1 if k is not None and s[k] < 0 else 0, y, flow.loss)
        rows = np.concatenate([flow.network.normals(y, flow.inputs, at.kinks), known.normals(y, logs, bend)])
        return np.where(fixed[:, None] == 0, rows, 0.0)

    return Multilinear(velocity, switches, normals, first + known.count)


def _fixed(flow: SteepestFlow, at: Sides, known: Factors) -> Array:
    """The switches that do not act: silent kinks, and factors whose surface is the kink, with their signs above it."""
    levels = np.zeros(known.count)
    if at.beyond is not None:
        middle = (at.beyond[0] + at.beyond[1]) / 2
        normal = at.beyond[0] - middle
        normal = normal / np.linalg.norm(normal)
        logs = flow.loss.terms(flow.outputs(middle))[1]
        rows = known.normals(middle, logs, known.bend(0, middle, flow.loss))
        lengths = np.linalg.norm(rows, axis=1)
        across = np.linalg.norm(rows - np.outer(rows @ normal, normal), axis=1)
        near = np.abs(known.levels(middle, logs)) <= 1e-9 * lengths * (1 + np.max(np.abs(middle)))
        same = near & (across <= 1e-9 * lengths) & (lengths > 0)
        levels[same] = np.sign(rows @ normal)[same]
    return np.concatenate([np.where(at.silent, 1.0, 0.0), levels])
