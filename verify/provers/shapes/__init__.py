"""Properties of functions of one variable, from their definitions."""
