"""How long three factors take to leave their saddle: bounded for q < 3/2, a power of 1/size beyond."""

from matplotlib.figure import Figure

import mirrorproof

scales = [10.0**-k for k in range(1, 7)]
figure = Figure(figsize=(5.2, 3.4), layout="constrained")
axes = figure.subplots()
for q in ("1", "5/4", "3/2", "7/4", "2"):
    escape = mirrorproof.EscapeTime(3, q)
    axes.loglog(scales, [float(escape.at(s)) for s in scales], label=f"q = {q}")
axes.set(xlabel="size of the initial weights", ylabel="time to size 1")
axes.legend(frameon=False)
figure.savefig("escape.svg", metadata={"Date": None})
