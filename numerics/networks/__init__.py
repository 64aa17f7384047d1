"""Small homogeneous networks under mirror and steepest flow, followed far out in rescaled time; flows of one weight."""

from __future__ import annotations

from numerics.networks.architecture import Activation, Network
from numerics.networks.descent import Place, Rule, descend
from numerics.networks.flow import Course, MirrorFlow, follow_flow
from numerics.networks.lanes import Lane, descend_lanes
from numerics.networks.losses import LOSSES, Loss
from numerics.networks.potentials import Potential, potential
from numerics.networks.steepest import SteepestFlow
from numerics.networks.times import log_times

__all__ = [
    "LOSSES", "Activation", "Course", "Lane", "Loss", "MirrorFlow", "Network", "Place", "Potential", "Rule",
    "SteepestFlow", "descend", "descend_lanes", "follow_flow", "log_times", "potential",
]  # fmt: skip
