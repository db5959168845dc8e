"""The command line as a user sees it: what is printed, where, and the exit code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

import hiprun
from hiprun.interfaces.cli.application import COMMANDS, application
from hiprun.language.editor_schema import KINDS

Change = Callable[..., Path]


@pytest.fixture
def run(greenhouse_folder: Path) -> Callable[..., Result]:
    """Return a function that runs a command on the small pack."""

    def command(*arguments: str, rules: Path | None = greenhouse_folder, **options: object) -> Result:
        words = [*arguments, *(["--rules", str(rules)] if rules else [])]
        result = CliRunner().invoke(application, words, **options)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


def test_eval_decides_what_is_asked_for(run: Callable[..., Result]) -> None:
    """One decision on facts given as words prints its outputs and nothing else."""
    result = run("eval", "watering", "season=spring", "--professional")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "\n\nwatering: How much water in which season\n  litres: 2.5 l\n\n" in result.stdout
    person = run("eval", "watering", "season=spring")
    assert person.stdout == (
        "How much water in which season\n  2.5 l\n\nWhy\n  - Which season is it? spring.\n\n"
        "For tests only. Ask a gardener about real plants.\n"
    )


def test_eval_decides_everything(run: Callable[..., Result], greenhouse: hiprun.Pack) -> None:
    """Without a name every decision is made."""
    for words in ([], ["--professional"]):
        lines = run("eval", *words).stdout.split("\n")
        titles = [line for line in lines if line in {entry.title for entry in greenhouse.decisions.values()}]
        assert titles == [entry.title for entry in greenhouse.decisions.values()]
        assert any(line.startswith("alarm (not decided yet)") for line in lines) == bool(words)


def test_eval_says_what_is_still_open(run: Callable[..., Result]) -> None:
    """Unknown facts leave outcomes open, and the text shows the possible answers, the safest, and what is needed."""
    text = run("eval", "alarm", "temperature=20", "days_since_watering=1", "--professional").stdout
    assert "alarm (not decided yet)" in text
    assert "action: nothing or look" in text
    assert "to be safe: look (Have a look)" in text
    assert "still needed: leaves" in text


def test_eval_takes_values_known_in_part(run: Callable[..., Result]) -> None:
    """A value may be written as a test, as in a rule file."""
    text = run("eval", "alarm", "temperature={at_least: 31}", "pests=[slugs, aphids]", "--professional").stdout
    assert "action: act (Act at once)" in text


def test_eval_prints_json_by_the_published_schema(
    run: Callable[..., Result], outcome_schema: dict[str, object]
) -> None:
    """`--json` prints an outcome for each decision, as the schema describes it."""
    data = json.loads(run("eval", "--json", "temperature={between: [20, 40]}", "last_frost=2026-03-01").stdout)
    for outcome in data.values():
        jsonschema.validate(outcome, outcome_schema)
    assert data["alarm"]["facts"]["last_frost"] == "2026-03-01"


def test_facts_come_from_a_file_and_the_command_line(run: Callable[..., Result], tmp_path: Path) -> None:
    """Facts on the command line override those in a file."""
    file = tmp_path / "facts.yaml"
    file.write_text("season: spring\ntemperature: 20\n", encoding="utf-8")
    assert "  2.5 l\n" in run("eval", "watering", "--facts", str(file)).stdout
    assert "  6 l\n" in run("eval", "watering", "--facts", str(file), "season=summer").stdout


def test_facts_come_from_standard_input(run: Callable[..., Result]) -> None:
    """`--facts -` reads YAML or JSON from standard input."""
    assert "  2.5 l\n" in run("eval", "watering", "--facts", "-", input="season: spring\n").stdout
    assert "  2.5 l\n" in run("eval", "watering", "--facts", "-", input='{"season": "spring"}').stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["watering", "seson=spring"], "Did you mean `season`?"),
        (["watering", "season=sprng"], "spring"),
        (["watering", "temperature=99"], "temperature"),
        (["wattering"], "Did you mean `watering`?"),
        (["watering", "=3"], "a name, an equals sign and a value"),
        (["watering", "season=[a"], "season"),
        (["watering", "season="], "season"),
        (["watering", "season=winter", "temperature=50"], "It is never that warm in winter."),
        (["watering", "--set", "heat_limit"], "a name, an equals sign and a value"),
        (["watering", "--set", "heat_limit=90"], "range is 20 to 50"),
        (["watering", "--set", "heat_limits=30"], "Did you mean `heat_limit`?"),
        (["watering", "--facts", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_invalid_input_is_reported(run: Callable[..., Result], arguments: list[str], said: str) -> None:
    """Invalid facts, names and parameters give exit code 2 and a message, and nothing on standard output."""
    result = run("eval", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_several_invalid_values_are_reported_together(run: Callable[..., Result]) -> None:
    """One unreadable value does not hide the next."""
    text = run("eval", "watering", "window_open=yes", "season=[a").stderr
    assert "`window_open`" in text
    assert "`season`" in text


def test_wrong_rules_are_shown_all_at_once(run: Callable[..., Result], changed_greenhouse: Change) -> None:
    """Rules with mistakes end with exit code 2, every mistake with its file and line."""
    changed_greenhouse("clash.yaml", "temperature", "temprature")
    folder = changed_greenhouse("stress.yaml", "thirsty", "thursty")
    result = run("eval", rules=folder)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "clash.yaml" in result.stderr
    assert "stress.yaml" in result.stderr
    assert "Did you mean `temperature`?" in result.stderr


def test_a_parameter_can_be_set(run: Callable[..., Result]) -> None:
    """`--set` changes a threshold for this call."""
    facts = ("alarm", "temperature=25", "leaves=firm", "days_since_watering=1", "--professional")
    assert "action: nothing" in run("eval", *facts).stdout
    assert "action: act" in run("eval", *facts, "--set", "heat_limit=25").stdout


def test_explain_shows_rules_sources_and_places(run: Callable[..., Result]) -> None:
    """An explanation names the fired rule, its reason, source and place; the notice comes last, once."""
    text = run("explain", "alarm", "stress", "temperature=31", "leaves=firm", "days_since_watering=1").stdout
    assert "hot (greenhouse/alarm.yaml:" in text
    assert "Seedlings wilt in the heat." in text
    assert "heat.limit" in text
    assert "limp-or-dry" not in text
    assert text.count("Ask a gardener about real plants.") == 1
    assert text.rstrip().endswith("Ask a gardener about real plants.")
    assert max(map(len, text.split("\n"))) <= 80


def test_explain_says_once_how_each_decision_came_about(run: Callable[..., Result]) -> None:
    """Of several decisions, one that others depend on is explained in its own place, and nowhere else."""

    def explained(*names: str) -> list[str]:
        text = run("explain", *names, "swelling=true", rules=None).stdout
        return [match[1] for match in re.finditer(r"^(\w+)(?: \(.*\))?: ", text, flags=re.MULTILINE)]

    assert explained("today") == ["today", "triage", "readiness", "phase"]
    assert explained("phase", "today", "adjustment") == ["phase", "today", "triage", "readiness", "adjustment"]


def test_explain_can_show_every_rule(run: Callable[..., Result]) -> None:
    """With `--all-rules` the rules that did not fire are shown too."""
    text = run("explain", "alarm", "--all-rules", "temperature=31", "leaves=firm", "days_since_watering=1").stdout
    assert "limp-or-dry" in text


def test_explain_prints_json(run: Callable[..., Result]) -> None:
    """`--json` gives the explanation of each decision as data."""
    data = json.loads(run("explain", "alarm", "--json", "temperature=31").stdout)
    assert next(rule["status"] for rule in data["alarm"]["rules"] if rule["id"] == "hot") == "fired"


def test_facts_lists_what_can_be_asked_and_set(run: Callable[..., Result]) -> None:
    """Every fact is listed with its question, type, range and unit, and every parameter with its value."""
    text = run("facts", "--set", "heat_limit=32.5").stdout
    assert "temperature: number from -40 to 60, °C" in text
    assert "    How warm is it inside?" in text
    assert "pests: any of aphids, slugs, thrips" in text
    assert "last_frost: date from 2020-01-01 to 2030-12-31" in text
    assert "gardener: text" in text
    assert "heat_limit: 32.5 °C (from 20 to 50)" in text


def test_facts_prints_json(run: Callable[..., Result]) -> None:
    """Programs get facts and parameters as data."""
    data = json.loads(run("facts", "--json").stdout)
    facts = {fact["name"]: fact for fact in data["facts"]}
    assert facts["temperature"]["range"] == [-40, 60]
    assert facts["leaves"]["choices"] == {"firm": "upright and firm", "limp": "hanging down", "dry": "brown and dry"}
    assert facts["window_open"]["range"] is None
    assert [parameter["value"] for parameter in data["parameters"]] == [30, 2]


def test_facts_lists_what_cannot_be_set_together(run: Callable[..., Result]) -> None:
    """Constraints over parameters come after the parameters, each with its condition and its reason, and as data."""
    text = run("facts", rules=None).stdout
    _, constraints = text.split("\nParameters must not be set so that:\n")
    assert " ".join(constraints.split()) == (
        "almost-none-below-the-stop-level: {almost_pain_free_level: {at_least: pain_stop_level}}"
        " Pain that means stop cannot count as almost none."
    )
    assert json.loads(run("facts", "--json", rules=None).stdout)["constraints"] == [
        {
            "id": "almost-none-below-the-stop-level",
            "never": {"almost_pain_free_level": {"at_least": "pain_stop_level"}},
            "because": "Pain that means stop cannot count as almost none.",
        }
    ]
    assert "must not be set" not in run("facts").stdout


def test_facts_of_a_pack_without_parameters(run: Callable[..., Result], tmp_path: Path) -> None:
    """A pack without parameters and bounds prints no empty sections for them."""
    (tmp_path / "pack.yaml").write_text("pack: tiny\nlanguage: 1\nversion: 1.0.0\ntitle: Tiny\n")
    (tmp_path / "facts.yaml").write_text("facts:\n  warm: {ask: Is it warm?, type: boolean}\n")
    assert run("facts", rules=tmp_path).stdout == "warm: true or false\n    Is it warm?\n"


def test_check_counts_what_is_there(run: Callable[..., Result], greenhouse_folder: Path) -> None:
    """Rules without mistakes give one short summary."""
    result = run("check", str(greenhouse_folder), rules=None)
    assert result.exit_code == 0
    assert "ok: greenhouse 2.1.0" in result.stdout
    assert "9 facts, 2 parameters" in result.stdout
    assert "1 property" in result.stdout


def test_check_shows_every_mistake(run: Callable[..., Result], changed_greenhouse: Change) -> None:
    """Every mistake is shown with its line; the exit code says that the rules are wrong."""
    folder = changed_greenhouse("planting.yaml", "leaves: firm", "leaves: frim")
    result = run("check", str(folder), rules=None)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "planting.yaml:8" in result.stderr
    assert "Did you mean `firm`?" in result.stderr


def test_test_runs_the_cases(run: Callable[..., Result], greenhouse_folder: Path) -> None:
    """Cases that hold are only counted."""
    result = run("test", str(greenhouse_folder), rules=None)
    assert (result.exit_code, result.stdout) == (0, "6 cases: ok\n")


def test_test_shows_what_failed(run: Callable[..., Result], changed_greenhouse: Change) -> None:
    """A case that fails is shown with its place, and the exit code is 1."""
    folder = changed_greenhouse("cases/everything.yaml", "litres: 2.5", "litres: 3")
    result = run("test", str(folder), rules=None)
    assert result.exit_code == 1
    assert "cases/everything.yaml:5" in result.stdout
    assert "watering.litres: expected 3, found 2.5" in result.stdout
    assert result.stdout.endswith("1 of 6 cases failed.\n")


def test_test_runs_chosen_cases(run: Callable[..., Result], greenhouse_folder: Path) -> None:
    """`-k` chooses cases by a word of their file, id or title."""
    assert run("test", str(greenhouse_folder), "-k", "hot-", rules=None).stdout == "2 cases: ok\n"
    assert run("test", str(greenhouse_folder), "-k", "Nothing to do", rules=None).stdout == "1 case: ok\n"


def test_test_prints_json(run: Callable[..., Result], changed_greenhouse: Change) -> None:
    """Programs get every case as data, and the exit code is the same."""
    folder = changed_greenhouse("cases/everything.yaml", "litres: 2.5", "litres: 3")
    result = run("test", str(folder), "--json", rules=None)
    assert result.exit_code == 1
    assert [case["id"] for case in json.loads(result.stdout) if not case["passed"]] == ["mild-day"]


def test_statements_lead_to_rules(run: Callable[..., Result]) -> None:
    """Each statement is followed by the rules that cite it, with their places."""
    text = run("statements").stdout
    block = text.partition("heat.extreme\n")[2]
    assert block.startswith(
        "  At twenty degrees over the limit, call for help.\n    alarm.very-hot (greenhouse/alarm.yaml:"
    )


def test_statements_without_a_rule_are_seen(run: Callable[..., Result], changed_greenhouse: Change) -> None:
    """A statement that only a case cites is followed by that case."""
    folder = changed_greenhouse(
        "cases/everything.yaml", "title: Nothing to do", "title: Nothing to do\n    source: pests.watch"
    )
    assert "mild-day (greenhouse/cases/everything.yaml:" in run("statements", rules=folder).stdout


def test_rules_lead_to_statements(run: Callable[..., Result]) -> None:
    """With `--by-rule`, each rule is followed by the statements it cites."""
    text = run("statements", "--by-rule").stdout
    block = text.partition("alarm.very-hot (greenhouse/alarm.yaml:")[2].split("\n")
    assert block[1] == "    heat.extreme: At twenty degrees over the limit, call for help."


def test_interpretations_are_listed_with_their_places(run: Callable[..., Result]) -> None:
    """`--interpretations` shows how vague passages were read, and nothing else."""
    assert run("statements", "--interpretations").stdout.split("\n")[1::2] == [
        "    Seasons begin with a month.",
        '    "Hot" is read as 30 °C.',
        "    Twenty degrees are included.",
    ]


def test_statements_print_json(run: Callable[..., Result]) -> None:
    """Programs get statements and citations as data."""
    data = json.loads(run("statements", "--json", "--interpretations").stdout)
    assert set(data["statements"]) == {"heat.limit", "heat.extreme", "water.often", "pests.watch"}
    assert [citation["name"] for citation in data["citations"]] == ["season", "heat_limit", "alarm.very-hot"]


def test_schema_prints_that_of_facts(run: Callable[..., Result], greenhouse: hiprun.Pack) -> None:
    """`hiprun schema` prints the schemas of what programs exchange, too; a kind of file has no place beside them."""
    assert json.loads(run("schema", "--facts").stdout) == greenhouse.input_schema()
    for name in ("outcome", "advice"):
        assert json.loads(run("schema", f"--{name}").stdout)["$id"].endswith(f"/{name}.schema.json")
    refused = run("schema", "facts", "--facts")
    assert (refused.exit_code, "give no KIND" in refused.stderr) == (2, True)


def test_schema_prints_one_kind_or_all(run: Callable[..., Result]) -> None:
    """`hiprun schema KIND` prints one schema, `hiprun schema` all of them by kind."""
    everything = json.loads(run("schema").stdout)
    assert json.loads(run("schema", "decision").stdout) == everything["decision"]
    assert {"facts", "decision", "criteria", "limits", "cases"} <= set(everything)


def test_schema_writes_files(run: Callable[..., Result], tmp_path: Path) -> None:
    """`--write` puts one file for each kind into a folder, which is made if needed."""
    result = run("schema", "--write", str(tmp_path / "deep" / "schemas"))
    assert result.exit_code == 0
    assert json.loads((tmp_path / "deep" / "schemas" / "cases.schema.json").read_text(encoding="utf-8"))


def test_schema_says_when_it_cannot_write(run: Callable[..., Result], tmp_path: Path) -> None:
    """A folder that cannot be created gives a message, not a traceback."""
    (tmp_path / "file").write_text("in the way")
    result = run("schema", "--write", str(tmp_path / "file"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_colours_can_be_turned_off(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Headings are bold on a terminal, unless NO_COLOR is set."""
    assert "\x1b[1m" in run("eval", "watering", "season=spring", color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("eval", "watering", "season=spring", color=True).stdout


def test_help_says_what_exit_codes_mean() -> None:
    """The help of the program lists its commands and exit codes."""
    text = CliRunner().invoke(application, ["--help"]).output
    assert "Exit code 0" in text
    assert all(name in text for name in COMMANDS)


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=" ".join)
def test_help_fits_a_terminal(command: tuple[str, ...]) -> None:
    """At 80 columns no line of any help is cut off or too long, and what to type is on one line."""
    text = CliRunner(env={"COLUMNS": "80"}).invoke(application, [*command, "--help"]).output
    usage, empty, *lines = text.split("\n")
    assert usage.startswith("Usage: ")
    assert empty == ""
    assert [line for line in lines if line.endswith("...")] == []
    assert [line for line in [usage, *lines] if len(line) > 80] == []


def test_help_names_the_kinds_of_files() -> None:
    """The help of `hiprun schema` lists every kind of file."""
    text = CliRunner().invoke(application, ["schema", "--help"]).output
    assert f"KIND is one of {', '.join(KINDS)}." in " ".join(text.split())


def test_running_as_a_module() -> None:
    """`python -m hiprun` is the same program."""
    ended = subprocess.run(
        [sys.executable, "-m", "hiprun", "--version"], capture_output=True, encoding="utf-8", check=False
    )
    assert (ended.returncode, ended.stdout) == (0, f"hiprun, version {hiprun.__version__}\n")


def test_without_click_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the extra is not installed, the program names it and ends with exit code 2."""
    from hiprun.__main__ import main

    commands = ("click", "hiprun.interfaces.cli")
    for name in [name for name in sys.modules if name.startswith(commands)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "click", None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert 'pip install "hiprun[cli]"' in capsys.readouterr().err


def test_a_broken_installation_is_not_taken_for_a_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """If another module is missing, the error names that module."""
    from hiprun.__main__ import main

    monkeypatch.setitem(sys.modules, "hiprun.interfaces.cli.application", None)
    with pytest.raises(ModuleNotFoundError, match="application"):
        main()


def test_explain_can_show_the_code_that_decides(run: Callable[..., Result]) -> None:
    """`--code` shows the generated Python function, and what its generated names mean."""
    result = run("explain", "watering", "--code")
    assert result.exit_code == 0
    assert result.stdout.startswith("def decide(given):\n")
    assert "# k0 is what reads 'season'" in result.stdout
    assert result.stdout.count("def decide") == 1
    assert run("explain", "--code").stdout.count("def decide") > 3
