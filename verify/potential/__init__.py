"""What the theory says of a mirror potential of one variable: statements put to the engine, one answer each."""
