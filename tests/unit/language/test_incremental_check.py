"""Files are checked one by one, by their content: what has not changed is not checked again."""

from __future__ import annotations

from pathlib import Path

from hiprun.language import incremental_check
from hiprun.language.incremental_check import check_files, pack_documents, pack_result
from hiprun.language.reader.pack_reader import read_model
from hiprun.language.rule_files import read_files


def texts(folder: Path) -> dict[str, str | bytes]:
    """Return the rule files in a folder, by name."""
    return {file.name: file.content for file in read_files(folder)[0]}


def test_only_what_changed_is_checked_again(greenhouse_folder: Path) -> None:
    """A result is used again for the same text under the same name, and the model is that of all the new texts."""
    old = texts(greenhouse_folder)
    first = check_files(old)
    title = b"title: Another title"
    new = old | {"greenhouse/pack.yaml": bytes(old["greenhouse/pack.yaml"]).replace(b"title: ", title + b"\n# ", 1)}  # type: ignore[arg-type]
    second = check_files(new, first)
    assert [name for name in new if second[name] is not first[name]] == ["greenhouse/pack.yaml"]
    result = pack_result(pack_documents(second))
    assert result.problems == ()
    assert result.model is not None
    assert result.model.title == "Another title"
    assert result.model == pack_result(pack_documents(check_files(new))).model
    assert pack_result(pack_documents(first)).model == read_model(greenhouse_folder)


def test_the_same_text_under_another_name_is_checked_again() -> None:
    """Its places are others."""
    first = check_files({"a.yaml": "facts: [}"})
    second = check_files({"b.yaml": "facts: [}"}, first)
    assert {problem.place.file for problem in second["b.yaml"].problems if problem.place} == {"b.yaml"}


def test_an_edit_shows_and_hides_its_mistake(greenhouse_folder: Path) -> None:
    """Results that are used again give the same problems as new ones, also in other files than the one edited."""
    good = texts(greenhouse_folder)
    name = "greenhouse/facts.yaml"
    bad = good | {name: bytes(good[name]).replace(b"  season:", b"  saeson:", 1)}  # type: ignore[arg-type]
    results = check_files(good)
    for current in (bad, good, bad, good):
        results = check_files(current, results)
        found = pack_result(pack_documents(results))
        assert found.problems == pack_result(pack_documents(check_files(current))).problems
        assert (found.model is None) is (current is bad)
        assert bool(found.problems) is (current is bad)


def test_texts_may_be_bytes_or_text() -> None:
    """An editor has text, a file has bytes; only bytes can be saved in the wrong way."""
    text = "facts:\n  wärme: {ask: Warm?, type: boolean}\n"
    assert check_files({"a.yaml": text})["a.yaml"].problems == check_files({"a.yaml": text.encode()})["a.yaml"].problems
    (problem,) = check_files({"a.yaml": text.encode("latin-1")})["a.yaml"].problems
    assert problem.code == "not-utf-8"


def test_after_a_flood_of_mistakes_the_rest_is_left_out(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """So much work is enough to know that the pack is wrong."""
    monkeypatch.setattr(incremental_check, "MOST_PROBLEMS", 1)
    results = check_files({"a.yaml": "colour: red", "b.yaml": "colour: blue", "c.yaml": "colour: green"})
    assert list(results) == ["a.yaml", "b.yaml"]
    assert pack_result(pack_documents(results)).problems[0].code == "too-many-problems"
