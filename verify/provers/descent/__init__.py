"""The search behind ``verify.provers.univariate``: proofs that ``verify.checker.calculus`` replays."""
