"""Conservation laws of the gradient flows of a parameterization, counted exactly.

``PolynomialMap`` is theta = G(w); ``count_laws`` gives all polynomial laws up to a degree and, by the rank of the Lie
algebra that the gradients of G generate, the exact number of independent ones.
"""

from numerics.laws.counting import Count, count_laws
from numerics.laws.maps import PolynomialMap

__all__ = ["Count", "PolynomialMap", "count_laws"]
