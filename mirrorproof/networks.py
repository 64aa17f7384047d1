"""Linear, ReLU, gated and attention networks as polynomial maps (see ``numerics.laws.networks``), by name."""

from numerics.laws.networks import *  # noqa: F403
