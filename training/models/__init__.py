"""Networks of the experiments, built here or loaded from a user's folder; weights come from safetensors alone."""
