"""Claims about all patients, proved or refuted with an example: the one place that knows the prover."""
