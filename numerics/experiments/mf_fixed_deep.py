"""Figures 12, 13, Tables 7 and 8 of the paper on mirror flows: three layers after a fixed time, by lambda."""

from __future__ import annotations

from dataclasses import dataclass

from numerics.experiments.mf_pictures import Margins, Neurons
from numerics.experiments.mf_students import StudentSettings

READS = "mf-fixed-deep"
BESIDE = ("mf-figure-12", "mf-figure-13", "mf-table-7", "mf-table-8")


@dataclass(frozen=True)
class Settings(StudentSettings):
    """Defaults: the setting of Tables 7 and 8; the rate of p = 3 is not stated there, it is that of Table 6."""

    labels: tuple[str, ...] = ("hyp_one", "hyp_tenth", "hyp_hundredth", "hom_ten", "hom_one", "hom_tenth", "gd")
    depths: tuple[int, ...] = (3,) * 7
    maps: tuple[str, ...] = ("entropy",) * 3 + ("power",) * 3 + ("square",)
    lambdas: tuple[float, ...] = (1.0, 0.1, 0.01, 10.0, 1.0, 0.1, 0.0)
    rates: tuple[float, ...] = (0.01,) * 3 + (0.1,) * 3 + (0.01,)
    epochs: tuple[int, ...] = (10_000,) * 7


ENTROPY = {"one": "hyp_one", "tenth": "hyp_tenth", "hundredth": "hyp_hundredth"}
POWER = {"ten": "hom_ten", "one": "hom_one", "tenth": "hom_tenth"}
_RUN = Settings, READS, BESIDE

FIGURE_12 = Neurons("mf-figure-12", "Neurons of three layers after a fixed time: entropy by lambda", *_RUN, ENTROPY)
FIGURE_13 = Neurons(
    "mf-figure-13", "Neurons of three layers after a fixed time: p = 3 by lambda", *_RUN, POWER | {"gd": "gd"}
)
TABLE_7 = Margins("mf-table-7", "Margins of three layers after a fixed time: entropy by lambda", *_RUN, ENTROPY,
                  ("l1", "l2"))  # fmt: skip
TABLE_8 = Margins("mf-table-8", "Margins of three layers after a fixed time: p = 3 by lambda", *_RUN, POWER,
                  ("l2", "l3"))  # fmt: skip
