"""What the theory says of a parameterization that a user brings."""
