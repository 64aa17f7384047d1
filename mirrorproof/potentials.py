"""The mirror potential of whatever the user writes in: quantities for claims, SymPy for derivations."""

from __future__ import annotations

from typing import Any


def MirrorPotential(potential: Any, x: Any) -> Any:
    """R(x) with everything that is derived from it.

    For quantities (``x = real("x")``) every property is a quantity, ready to stand in a claim
    (``verify.quantities.MirrorPotential``); for SymPy expressions it is SymPy's (``theory.potentials``).
    """
    from verify.quantities import MirrorPotential as Stated
    from verify.quantities import Quantity, as_quantity

    if isinstance(x, Quantity):
        return Stated(as_quantity(potential), x)
    from theory.potentials import MirrorPotential as Derived

    return Derived(potential, x)
