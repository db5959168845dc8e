"""The list of faults fits the present sources; whether tests notice each is shown by `run.py`, which takes longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from .faults import FAULTS, Fault

SOURCES = Path(__file__).parent.parent.parent / "src" / "hiprun"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.file}: {fault.why}")
def test_a_fault_can_be_put_in(fault: Fault) -> None:
    """The spot is there exactly once, and what is put there is Python still."""
    text = (SOURCES / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.old) == 1
    assert fault.new != fault.old
    compile(text.replace(fault.old, fault.new), fault.file, "exec")


def test_the_table_the_kernel_and_the_prover_all_have_faults() -> None:
    """No part that every answer rests on is left out."""
    parts = [fault.file.partition("/")[0] for fault in FAULTS]
    assert len(FAULTS) >= 30
    assert {"inference", "verification"} <= set(parts)
