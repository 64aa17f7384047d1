"""The optimizers for torch (see ``training.optim``), to be imported by name."""

from training.optim import *  # noqa: F403
from training.optim import __all__ as __all__
