# The commands of daily work. They use the environment `.venv`, which the second line of the README sets up.

export PATH := justfile_directory() / ".venv/bin:" + env("PATH")

# List the commands
[private]
default:
    @just --list

# Bring the code into its standard form
format:
    ruff check --fix .
    ruff format .

# Check style, types and imports
lint: style types imports

# Run the quick tests, or those you name
test *paths="tests/unit -m 'not slow'":
    pytest -q {{paths}}

# Check and test the rules, and update the schemas that editors use
rules:
    hiprun check rules
    hiprun test rules
    hiprun schema --write rules/.schema

# Check everything that must hold before a change lands
check:
    bash .ci/run

[private]
style:
    ruff check .
    ruff format --check .

[private]
types:
    mypy

[private]
imports:
    lint-imports --no-cache
