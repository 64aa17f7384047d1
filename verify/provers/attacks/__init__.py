"""How the refuter looks for counterexamples: points, climbs, exact solutions, certified confirmation."""
