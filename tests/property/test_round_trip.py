"""A pack that is read, written and read again says the same."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import hiprun
from hiprun.language.editor_schema import editor_schema
from hiprun.language.writer import documents, files, write
from hiprun.model import Model
from hiprun.pack import Pack
from hiprun.testing.strategies import pack_files, packs
from hiprun.testing.strategies.packs import model_of

from ..examples import examples

ROOT = Path(__file__).parent.parent.parent
FOLDERS = [
    ROOT / "rules",
    *sorted(file.parent for tree in ("tests/packs", "examples") for file in (ROOT / tree).rglob("pack.yaml")),
]
MANY = settings(
    max_examples=examples(25), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_real_pack_comes_back_from_its_own_files(folder: Path, tmp_path: Path) -> None:
    """Written out and loaded again, a pack is equal, down to the digest and to every case."""
    pack = hiprun.load(folder)
    write(files(pack.model), tmp_path)
    again = hiprun.load(tmp_path)
    for name in attrs.fields_dict(Model):
        assert getattr(again.model, name) == getattr(pack.model, name)
    assert again.digest == pack.digest


@MANY
@given(packs() | packs(language=2, functions=True))
def test_a_made_up_pack_comes_back_from_its_own_files(pack: Pack) -> None:
    """Whatever constructs a pack uses, writing it loses none of them, and writing it twice changes nothing."""
    written = files(pack.model)
    again = Pack(model_of(written))
    assert again.model == pack.model
    assert again.digest == pack.digest
    assert files(again.model) == written


@settings(MANY, max_examples=examples(15))
@given(
    packs(max_decisions=1, max_rules=2, diary=True, stages=True)
    | packs(max_decisions=1, max_rules=2, diary=True, stages=True, language=2)
)
def test_a_made_up_diary_and_protocol_come_back_from_their_own_files(pack: Pack) -> None:
    """Kinds of entries, facts that follow, stages and steps are written as they were read, to the last option."""
    written = files(pack.model)
    again = Pack(model_of(written))
    assert again.model.diary == pack.model.diary
    assert again.model.stages == pack.model.stages
    assert again.model == pack.model
    assert files(again.model) == written


@settings(MANY, max_examples=examples(10))
@given(packs(max_decisions=1, max_rules=2, diary=True, stages=True), st.data())
def test_a_digest_is_that_of_diary_and_stages_too(pack: Pack, data: st.DataObject) -> None:
    """What is read differently in a diary, or planned differently, changes the digest; where it stands does not."""
    model, diary = pack.model, pack.model.diary
    assert diary is not None
    protocol = model.stages["protocol"]
    stage = data.draw(st.sampled_from(protocol.stages))
    shorter = (
        {name: fact for name, fact in diary.facts.items() if name != next(iter(diary.facts))} if diary.facts else {}
    )
    others = [
        attrs.evolve(model, diary=None),
        attrs.evolve(model, stages={}),
        attrs.evolve(model, diary=attrs.evolve(diary, week_starts=(diary.week_starts + 1) % 7)),
        attrs.evolve(model, stages={"protocol": attrs.evolve(protocol, between=f"{protocol.between}_")}),
        *([attrs.evolve(model, diary=attrs.evolve(diary, facts=shorter))] if diary.facts else []),
        *(
            attrs.evolve(model, stages={"protocol": attrs.evolve(protocol, stages=kept)})
            for kept in [tuple(entry for entry in protocol.stages if entry != stage)]
        ),
    ]
    assert len({Pack(other).digest for other in (model, *others)}) == 1 + len(others)
    renamed = {f"moved/{name}": text for name, text in files(model).items()}
    assert Pack(model_of(renamed)).digest == pack.digest


@settings(MANY, max_examples=examples(8))
@given(
    packs(max_decisions=2, max_rules=2)
    | packs(max_decisions=2, max_rules=2, diary=False, stages=False, language=2, functions=True)
)
def test_no_editor_underlines_made_up_files(pack: Pack) -> None:
    """The schemas that are made for a pack accept all of its files, whatever stands in them."""
    for content in documents(pack.model).values():
        plain = json.loads(json.dumps(content, default=float))
        validator = Draft202012Validator(editor_schema(pack.model, next(iter(plain))))
        assert [error.json_path for error in validator.iter_errors(plain)] == []


@settings(MANY, max_examples=examples(5))
@given(pack_files())
def test_made_up_files_load_from_a_folder(made: dict[str, str]) -> None:
    """What is made in memory is what `hiprun.load` finds on disk, without a single mistake."""
    with TemporaryDirectory() as folder:
        write(made, Path(folder))
        loaded = hiprun.load(folder)
    assert loaded.model == model_of(made)


@settings(MANY, max_examples=examples(15))
@given(packs(max_decisions=2) | packs(max_decisions=2, language=2, functions=True))
def test_where_things_are_written_is_no_part_of_a_digest(pack: Pack) -> None:
    """Other names of files in the same order, comments and blank lines leave the digest and every outcome alone."""
    written = files(pack.model)
    moved = {
        f"other/{index:03}-{name.replace('/', '-')}": text for index, (name, text) in enumerate(sorted(written.items()))
    }
    commented = {name: f"# moved\n\n{text}\n# the end\n" for name, text in moved.items()}
    again = Pack(model_of(commented))
    assert again.digest == pack.digest
    assert [outcome.to_dict() for outcome in again.interpret({}).values()] == [
        outcome.to_dict() for outcome in pack.interpret({}).values()
    ]


@given(packs(max_decisions=1))
def test_the_order_of_questions_is_part_of_a_digest(pack: Pack) -> None:
    """Facts in another order can be asked for in another order, so packs with the same digest ask alike."""
    turned = dict(reversed(pack.model.facts.items()))
    other = Pack(attrs.evolve(pack.model, facts=turned))
    assert (other.digest == pack.digest) is (list(turned) == list(pack.model.facts))
