"""Documents → model: every name resolved, every meaning checked, all mistakes at once."""
