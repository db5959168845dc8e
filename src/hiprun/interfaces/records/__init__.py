"""Records of decisions: a log, its replay against the same or other rules, and rules that are swapped while in use."""
