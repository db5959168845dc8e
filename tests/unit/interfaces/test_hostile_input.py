"""What comes in from outside is refused in words, or read as far as it says something: it never ends in a fault."""

from __future__ import annotations

import contextlib
import copy
import datetime
import io
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.errors import HiprunError
from hiprun.interfaces import cds_hooks, fhir, translation_files
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.dmn import read_document, rule_files
from hiprun.interfaces.mcp.tools import PackTools
from hiprun.language.reader.pack_reader import read_model

NOW = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)


def _nested(depth: int, name: str = "") -> Any:
    found: Any = 1
    for _ in range(depth):
        found = {name: [found]} if name else [found]
    return found


HOSTILE: list[Any] = [
    None,
    True,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    "",
    "x" * 20_000,
    "\x00\x1b[31m",
    "\ud800",
    "<script>",
    [],
    {},
    [[]],
    [None, {}],
    {"\ud800": 1},
    {"at_least": float("nan")},
    {"at_least": 10**500},
    ["x"] * 2_000,
    _nested(20_000),
    _nested(20_000, "item"),
]
"""Values of every type that JSON has, too large, too deep, or with what no text can be sent with."""


def _mutants(rng: random.Random, document: Any, names: list[str], count: int) -> Iterator[Any]:
    """Yield copies of a document in which some part is something hostile, or missing, or there several times."""
    places: list[tuple[Any, ...]] = []

    def find(part: Any, place: tuple[Any, ...]) -> None:
        keys = part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
        for key in keys:
            places.append((*place, key))
            find(part[key], places[-1])

    find(document, ())
    for _ in range(count):
        made = copy.deepcopy(document)
        *above, last = rng.choice(places)
        part = made
        for key in above:
            part = part[key]
        kind = rng.random()
        if kind < 0.6:
            part[last] = rng.choice(HOSTILE)
        elif kind < 0.8 and isinstance(part, dict):
            part[rng.choice(names)] = rng.choice(HOSTILE)
        elif isinstance(part, list):
            part += [rng.choice(HOSTILE), part[last]] * 2
        else:
            del part[last]
        yield made


def _sendable(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    assert text.encode()
    return text


@pytest.mark.parametrize("tool", ["what_can_be_known", "next_question", "decide", "explain", "\ud800", "x" * 100_000])
def test_calls_of_tools(greenhouse: hiprun.Pack, tool: str) -> None:
    """Whatever the arguments are, a tool gives a result that can be sent, and a short one where it refuses."""
    tools = PackTools(greenhouse)
    for hostile in HOSTILE:
        for arguments in (
            {"decision": hostile},
            {"decision": "alarm", "facts": hostile},
            {"decision": "alarm", "facts": {"temperature": hostile}},
            {"decision": "alarm", "facts": {"leaves": hostile}},
            {"decision": "alarm", "facts": {}, "not_known": hostile},
            {"decision": "alarm", "facts": {}, "not_known": [hostile]},
            {"decision": "alarm", "facts": {}, "\ud800" * 1_000: hostile},
        ):
            result = tools.call(tool, arguments)
            text = _sendable(result.data)
            assert not result.is_error or len(text) < 50_000


def test_lines_of_tools(greenhouse_folder: Path) -> None:
    """Lines that are no requests do not stop the server: it answers the next one."""
    lines = [
        b"",
        b"hello",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"jsonrpc":"2.0"}',
        b'{"jsonrpc":"1.0","id":1,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}',
        b'{"jsonrpc":"2.0","id":' + b"9" * 5_000 + b',"method":"ping"}',
        b'{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"decide","arguments":' + b"9" * 5_000 + b"}}",
        b'{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"decide","arguments":{"decision":"\\ud800"}}}',
        b'{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"decide","arguments":'
        b'{"decision":"alarm","facts":{"\\ud800":1,"temperature":1e999}}}}',
        b'{"jsonrpc":"2.0","id":6,"method":"\\ud800","params":{}}',
        b'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":'
        + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
    ]  # fmt: skip
    begin = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    started = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": begin},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
    ]
    asked = {"decision": "alarm", "facts": {"temperature": 31}}
    last = {"jsonrpc": "2.0", "id": 99, "method": "tools/call", "params": {"name": "decide", "arguments": asked}}
    sent = [json.dumps(line).encode() for line in started] + lines + [json.dumps(last).encode()]
    command = [sys.executable, "-m", "hiprun", "mcp", str(greenhouse_folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(b"\n".join(sent) + b"\n")
        server.stdin.flush()
        for line in server.stdout:
            reply = json.loads(line)
            if reply.get("id") == 99:
                break
        else:
            pytest.fail("the server went away")
        server.communicate()
    assert reply["result"]["structuredContent"]["status"] == "decided"


def test_responses_to_forms(greenhouse: hiprun.Pack) -> None:
    """Of a response with anything hostile in it, what it says of facts is read, and the rest is named."""
    publication = fhir.Publication(greenhouse, base="https://clinic.example/fhir")
    form = fhir.questionnaire(publication, "alarm")
    names = [
        "valueDecimal",
        "valueCoding",
        "valueQuantity",
        "valueString",
        "linkId",
        "answer",
        "item",
        "coding",
        "code",
    ]
    rng = random.Random(1)
    said = fhir.response(publication, form, {"temperature": 31})
    for response in _mutants(rng, said, names, 300):
        reading = fhir.read_response(publication, "alarm", response)
        _sendable([problem.message for problem in reading.problems])
        assert reading.facts.keys() <= greenhouse.facts.keys()
    asked = fhir.next_question(publication, "alarm", fhir.first_response(publication, "alarm"))
    for response in _mutants(rng, asked, names, 100):
        with contextlib.suppress(HiprunError):
            _sendable(fhir.next_question(publication, "alarm", response))
    for depth in (10_000, 100_000):
        reading = fhir.read_response(publication, "alarm", {**said, "item": [_nested(depth, "item")]})
        assert not reading.facts


def test_requests_of_cds_hooks() -> None:
    """A record with anything hostile in it gives a card or a refusal, and no fact that it does not say."""
    publication = fhir.Publication(hiprun.load("examples/news2"), base="https://clinic.example/fhir")
    service = cds_hooks.services(publication)["services"][0]
    pulse: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": "Patient/4711"},
        "effectiveDateTime": "2026-03-02T07:00:00Z",
        "valueQuantity": {"value": 131, "system": "http://unitsofmeasure.org", "code": "/min"},
    }
    request: dict[str, Any] = {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"patientId": "4711"},
        "prefetch": dict.fromkeys(service["prefetch"]) | {"pulse": {"resourceType": "Bundle", "entry": []}},
    }
    bundle = request["prefetch"]["pulse"]
    bundle["entry"] = [{"resource": pulse}]
    names = ["status", "code", "coding", "system", "value", "effectiveDateTime", "reference", "resource", "entry"]
    answered = 0
    for changed in _mutants(random.Random(2), request, names, 250):
        try:
            cards, outcome = cds_hooks.respond(publication, service["id"], changed, NOW)
        except HiprunError:
            continue
        _sendable(cards)
        assert outcome.facts.keys() <= {"pulse"}
        answered += 1
    assert answered > 40
    bundle["entry"] = [{"resource": bundle}]  # a bundle in itself
    assert cds_hooks.respond(publication, service["id"], request, NOW)[1].facts == {}


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain; charset=nonsense",
        "Content-Type: text/plain; charset=base64",
        "Content-Type: text/plain; charset=\\x00",
        "POT-Creation-Date: garbage\x1b[31m",
        "PO-Revision-Date: 9999-99-99 99:99+9999",
        "Language: ../../etc",
    ],
)
def test_heads_of_po_files(head: str) -> None:
    """What Babel cannot read in the head of a PO file is refused, in a text that can be shown."""
    entries = translation_files.draft(read_model("tests/packs/greenhouse"), "de")
    content = f'msgid ""\nmsgstr ""\n"{head}\\n"\n\nmsgid "a"\nmsgstr "b"\n'.encode()
    with pytest.raises(hiprun.FactError, match="not a PO file that can be read") as refusal:
        translation_files.from_po(entries, content)
    assert str(refusal.value).isprintable()


def test_po_files_with_damage(tmp_path: Path) -> None:
    """Damaged files are refused or read, one that is too large is refused, and a control character stays an escape."""
    model = read_model("tests/packs/greenhouse")
    entries = translation_files.draft(model, "de")
    whole = translation_files.to_po(model, "de", entries).encode()
    parts = [
        b'msgstr[x] "a"\n',
        b'msgid_plural "b"\n',
        b'"',
        b"\\",
        b"\x00",
        b"\xff",
        b"#, fuzzy, range:1..x\n",
        b'msgid "',
    ]
    rng = random.Random(3)
    for _ in range(200):
        damaged = bytearray(whole)
        place = rng.randrange(len(damaged))
        damaged[place : place + rng.randint(0, 20)] = rng.choice(parts)
        with contextlib.suppress(HiprunError):
            assert len(translation_files.from_po(entries, bytes(damaged))) == len(entries)
    with pytest.raises(HiprunError, match="it has over"):
        translation_files.from_po(entries, whole + b"#" * translation_files.MOST_BYTES)
    first = entries[0]
    hostile = f'msgctxt "{first.path}"\nmsgid "{first.original}"\nmsgstr "\x1b[31m\u202e"\n'
    (tmp_path / "de.po").write_text(hostile, encoding="utf-8")
    arguments = ["texts", "de", "tests/packs/greenhouse", "--from-po", str(tmp_path / "de.po")]
    printed = CliRunner().invoke(application, arguments)
    assert "\\u001b[31m\\u202e" in printed.stdout


def _table(tests: str = "1", value: str = '"a"', *, name: str = "d", expression: str = "x", head: str = "") -> str:
    row = f"<rule><inputEntry><text>{tests}</text></inputEntry><outputEntry><text>{value}</text></outputEntry></rule>"
    return (
        f'{head}<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="n"><decision name="{name}">'
        f'<decisionTable><input><inputExpression typeRef="number"><text>{expression}</text></inputExpression></input>'
        f'<output name="o"/>{row}</decisionTable></decision></definitions>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        _table(head='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        _table(head='<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]>'),
        _table().replace("<decision ", "<q:decision "),
        _table().replace('"n"', '"\x00"'),
        _table().replace('"n"', '"\ud800"'),
        _table() + " " * 1_000_000,
    ],
)
def test_documents_that_are_no_dmn(text: str) -> None:
    """Documents with entities, without a prefix, with half a character, or too large are refused."""
    with pytest.raises(HiprunError, match="not a DMN document") as refusal:
        read_document(text)
    assert [problem.code for problem in refusal.value.problems] == ["bad-dmn"]


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        (_table("&lt; 3"), True),
        (_table(name=""), True),
        (_table(name="../../etc/passwd"), True),
        (_table().replace(' xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"', ""), True),
        (_table("<![CDATA[< 3]]>", '<![CDATA["</script>"]]>'), True),
        (_table(",".join(["1"] * 900)), True),
        (_table("not(" * 600 + "3" + ")" * 600), False),
        (_table("&lt;script&gt;"), False),
        (_table(expression="a&#x85;&#x202e;b"), False),
        (_table(expression="__import__(&quot;os&quot;)"), False),
        (_table("9" * 1_900), False),
        (_table(",".join(["1"] * 2_000)), False),
        ("<definitions>" + "<a>" * 100_000 + "</a>" * 100_000 + "</definitions>", False),
    ],
)
def test_hostile_tables(tmp_path: Path, text: str, is_taken: bool) -> None:
    """A table is left out in a text that can be shown, or written under a plain name as a pack that loads."""
    found = rule_files(read_document(text))
    assert bool(found.texts) == is_taken
    for problem in found.left_out:
        assert problem.message.isprintable()
        assert len(problem.message) < 200
    (tmp_path / "rules").mkdir()
    for name, content in found.texts.items():
        assert "/" not in name
        (tmp_path / "rules" / name).write_text(content, encoding="utf-8")
    if is_taken:
        assert hiprun.load(tmp_path / "rules", cache=False).decisions


def test_long_lines_of_a_log(tmp_path: Path) -> None:
    """A line of many megabytes is one that cannot be read, and what a terminal would obey is not printed."""
    log = tmp_path / "log.jsonl"
    result = {"status": "decided", "safest": {"action\x1b[2J": "\u202ecalm"}}
    odd = {"path": "alarm", "input": {"temperature": 31}, "result": result}
    nested = {"path": "alarm", "input": {"temperature": _nested(400)}, "result": {"status": "decided"}}
    lines = [
        b"x" * 3_000_000,
        json.dumps(odd).encode(),
        json.dumps(nested).encode(),
        b'{"path":"alarm","input":{"a":NaN}}',
    ]
    log.write_bytes(b"\n".join([*lines, b'{"a":1,"a":2}']))
    for options in ([], ["--json"]):
        run = CliRunner().invoke(application, ["replay", str(log), "--against", "tests/packs/greenhouse", *options])
        assert run.exit_code == 2, run.output
        assert all(character.isprintable() or character == "\n" for character in run.output)
    counts = json.loads(run.stdout)["counts"]
    assert counts == {"unreadable": 3, "differs": 1, "refused": 1}


def test_a_log_of_one_endless_line() -> None:
    """Of a line that does not end, no more than the beginning is kept."""
    from hiprun.interfaces.records.replay import bounded_lines
    from hiprun.language.bounds import MOST_BYTES

    long = b"x" * (3 * MOST_BYTES)
    read = list(bounded_lines(io.BytesIO(b"a\n" + long + b"\nb\n" + long)))
    assert [len(line) for line in read] == [2, MOST_BYTES + 1, 2, MOST_BYTES + 1]
