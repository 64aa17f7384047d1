"""Figures 3, 5 to 7, Tables 3 to 5 of the paper on mirror flows: two layers after a fixed time, by lambda."""

from __future__ import annotations

from dataclasses import dataclass

from numerics.experiments.mf_pictures import Margins, Neurons
from numerics.experiments.mf_students import StudentSettings

READS = "mf-fixed"
BESIDE = ("mf-figure-3", "mf-figure-5", "mf-figure-6", "mf-figure-7", "mf-table-3", "mf-table-4", "mf-table-5")


@dataclass(frozen=True)
class Settings(StudentSettings):
    """Defaults: the setting of Tables 3 to 5; the entropy's rate is that which Appendix J.2 names for its lambdas."""

    labels: tuple[str, ...] = (
        "hyp_one", "hyp_tenth", "hyp_hundredth", "hom_ten", "hom_one", "hom_tenth", "gd", "hom_ten_t3", "hom_ten_t5",
    )  # fmt: skip
    depths: tuple[int, ...] = (2,) * 9
    maps: tuple[str, ...] = ("entropy",) * 3 + ("power",) * 3 + ("square",) + ("power",) * 2
    lambdas: tuple[float, ...] = (1.0, 0.1, 0.01, 10.0, 1.0, 0.1, 0.0, 10.0, 10.0)
    rates: tuple[float, ...] = (0.01,) * 3 + (1.0,) * 3 + (0.1,) + (1.0,) * 2
    epochs: tuple[int, ...] = (10_000,) * 7 + (1_000, 100_000)


ENTROPY = {"one": "hyp_one", "tenth": "hyp_tenth", "hundredth": "hyp_hundredth"}
POWER = {"ten": "hom_ten", "one": "hom_one", "tenth": "hom_tenth"}
TIMES = {"t5": "hom_ten_t5", "t4": "hom_ten", "t3": "hom_ten_t3"}
_RUN = Settings, READS, BESIDE

FIGURE_3 = Neurons(
    "mf-figure-3", "Neurons after a fixed time: p = 3 with a small and a large lambda, gradient descent", *_RUN,
    {"tenth": "hom_tenth", "ten": "hom_ten", "gd": "gd"},
)  # fmt: skip
FIGURE_5 = Neurons("mf-figure-5", "Neurons after a fixed time: entropy by lambda", *_RUN, ENTROPY)
FIGURE_6 = Neurons("mf-figure-6", "Neurons after a fixed time: p = 3 by lambda", *_RUN, POWER | {"gd": "gd"})
FIGURE_7 = Neurons("mf-figure-7", "Neurons of p = 3 with a large lambda by the time of training", *_RUN, TIMES)
TABLE_3 = Margins("mf-table-3", "Margins after a fixed time: entropy by lambda", *_RUN, ENTROPY, ("l1", "l2"))
TABLE_4 = Margins("mf-table-4", "Margins after a fixed time: p = 3 by lambda", *_RUN, POWER, ("l2", "l3"))
TABLE_5 = Margins("mf-table-5", "Margins of p = 3 with a large lambda by the time of training", *_RUN, TIMES, ("l3",))
