"""The provers, in the order in which the judge asks them: the cheap and the decisive first."""

from __future__ import annotations

PROVERS = (
    "verify.provers.flows",
    "verify.provers.asymptotics",
    "verify.provers.numbers",
    "verify.provers.divergence",
    "verify.provers.integrals",
    "verify.provers.induction",
    "verify.provers.shape",
    "verify.provers.legendre",
    "verify.provers.denials",
    "verify.provers.exact",
    "verify.provers.parted",
    "verify.provers.eliminated",
    "verify.provers.powers",
    "verify.provers.norms",
    "verify.provers.constancy",
    "verify.provers.logarithm",
    "verify.provers.casewise",
    "verify.provers.anchored",
    "verify.provers.univariate",
    "verify.provers.solvers",
    "verify.provers.squares",
    "verify.provers.enclosure",
    "verify.provers.crossings",
    "verify.provers.witnesses",
    "verify.provers.special",
)
