"""What the theory recommends: smoothing, rates, depth and balance, each with the claim that it rests on."""
