"""Reports as SARIF for code hosts, as annotations for GitHub, and as JUnit XML for build servers."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any
from urllib.parse import quote

from hiprun.interfaces.reports.checks import Check, Report
from hiprun.version import VERSION

_MESSAGES = "https://github.com/hiprun/hiprun/blob/main/docs/messages.md"
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def sarif(report: Report) -> str:
    """Return the findings in the Static Analysis Results Interchange Format, version 2.1.0."""
    codes = sorted({check.code for check in report.findings})
    rules = [{"id": code, "helpUri": _MESSAGES} for code in codes]
    driver = {
        "name": "hiprun",
        "semanticVersion": VERSION,
        "informationUri": "https://github.com/hiprun/hiprun",
        "rules": rules,
    }
    results = [_sarif_result(report, check, codes.index(check.code)) for check in report.findings]
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"hiprun/{report.command}/"},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _sarif_result(report: Report, check: Check, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": check.code,
        "ruleIndex": index,
        "level": check.level,
        "message": {"text": _clean(check.text)},
    }
    if check.place.file:
        place = check.place
        region = {"startLine": place.line, "startColumn": place.column, "endColumn": place.column + place.width}
        location = {"artifactLocation": {"uri": quote(report.path(place), errors="replace")}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    return result


def github(report: Report) -> str:
    """Return the findings as workflow commands, which GitHub shows at the lines they are about."""
    kinds = {"note": "notice"}
    lines = []
    for check in report.findings:
        place = check.place
        where: dict[str, Any] = {}
        if place.file:
            where = {"file": report.path(place), "line": place.line, "col": place.column}
            where["endColumn"] = place.column + place.width
        where["title"] = check.code
        properties = ",".join(f"{name}={_property(str(value))}" for name, value in where.items())
        lines.append(f"::{kinds.get(check.level, check.level)} {properties}::{_data(check.text)}")
    return "\n".join(lines)


def _data(text: str) -> str:
    return _clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def junit(report: Report) -> str:
    """Return all checks as test cases in JUnit XML; notes and warnings are output of tests that passed."""
    root = ElementTree.Element("testsuites", _counts(report.checks), name=f"hiprun {report.command}")
    for suite, checks in groupby(sorted(report.checks, key=lambda check: check.suite), key=lambda check: check.suite):
        listed = list(checks)
        element = ElementTree.SubElement(root, "testsuite", _counts(tuple(listed)), name=_clean(suite))
        for check in listed:
            _test_case(element, report, check)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _counts(checks: tuple[Check, ...]) -> dict[str, str]:
    failed = sum(check.level == "error" for check in checks)
    return {"tests": str(len(checks)), "failures": str(failed), "errors": "0", "skipped": "0"}


def _test_case(suite: ElementTree.Element, report: Report, check: Check) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=_clean(check.suite), name=_clean(check.name), time="0")
    if check.place.file:
        case.set("file", _clean(report.path(check.place)))
        case.set("line", str(check.place.line))
    if check.level == "error":
        failure = ElementTree.SubElement(case, "failure", type=check.code, message=_clean(check.text.split("\n")[0]))
        failure.text = _clean(check.text)
    elif check.level != "passed":
        ElementTree.SubElement(case, "system-out").text = _clean(check.text)


def _clean(text: str) -> str:
    """Return a text without what no report can hold: control characters, and bytes of a file name that are no text."""
    return _NOT_IN_XML.sub("�", text)


FORMATS: Mapping[str, Callable[[Report], str]] = {"sarif": sarif, "github": github, "junit": junit}
"""The formats that all commands share, by the name that `--format` takes."""
