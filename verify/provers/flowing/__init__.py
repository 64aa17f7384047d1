"""Laws along flows: sign cells, Filippov's velocities, exact states."""
