"""Tests of rule packs: coverage, mutation, generated cases and patients, and the pytest plugin."""
