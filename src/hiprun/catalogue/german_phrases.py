"""The phrases within sentences about problems, in German."""

from __future__ import annotations

from collections.abc import Mapping

from hiprun.catalogue.sentences import Form

PHRASES: Mapping[str, tuple[Form, ...]] = {
    "not_text": (
        (
            "a compressed file, such as a Word or Excel document",
            "eine gepackte Datei, etwa ein Word- oder Excel-Dokument",
        ),
    ),
    "subject": (
        ("This file", "Diese Datei"),
        ("`{name}`", "`{name}`"),
        ("Entry {number} of {whole:within}", "Eintrag {number} von {whole}"),
    ),
    "within": (
        ("this file", "dieser Datei"),
        ("`{name}`", "`{name}`"),
        ("entry {number} of {whole:within}", "Eintrag {number} von {whole}"),
        ("a condition", "einer Bedingung"),
        ("what is said of true or false", "den Texten zu wahr und falsch"),
        ("what is said of {type:type}", "den Texten dazu ({type})"),
    ),
    "type": (
        ("true or false", "wahr oder falsch"),
        ("a whole number", "eine ganze Zahl"),
        ("a number", "eine Zahl"),
        ("a choice", "eine Auswahl"),
        ("a list of choices", "eine Liste aus einer Auswahl"),
        ("a text", "ein Text"),
        ("text", "Text"),
        ("a date", "ein Datum"),
    ),
    "types": (
        ("a mapping (`name: value`)", "eine Reihe von Namen mit Werten (`name: wert`)"),
        ("a list", "eine Liste"),
        ("text", "ein Text"),
        ("a number", "eine Zahl"),
        ("a whole number", "eine ganze Zahl"),
        ("`true` or `false`", "`true` oder `false`"),
        ("{one:types} or {other:types}", "{one} oder {other}"),
        ("{one:types}, {other:types}", "{one}, {other}"),
    ),
    "value": (
        ("`{name}`", "`{name}`"),
        ("{number}", "{number}"),
        ("true", "`true`"),
        ("false", "`false`"),
        ("the text `{text}`", "der Text `{text}`"),
        ("an empty text", "ein leerer Text"),
        ("a mapping", "eine Reihe von Namen mit Werten"),
        ("a mapping with names and colons", "eine Reihe von Namen mit Werten"),
        ("a list", "eine Liste"),
    ),
    "what": (
        ("fact", "die Angabe"),
        ("parameter", "die Einstellung"),
        ("derived", "die abgeleitete Angabe"),
        ("decision", "die Entscheidung"),
        ("statement", "die Aussage"),
        ("patient", "der Patient"),
        ("rule", "die Regel"),
        ("case", "der Fall"),
        ("property", "die Zusage"),
    ),
    "taken": (
        ("a fact", "eine Angabe"),
        ("another fact", "eine andere Angabe"),
        ("a parameter", "eine Einstellung"),
        ("another parameter", "eine andere Einstellung"),
        ("a derived fact", "eine abgeleitete Angabe"),
        ("another derived fact", "eine andere abgeleitete Angabe"),
        ("another decision", "eine andere Entscheidung"),
        ("another group", "eine andere Gruppe"),
        ("another source", "eine andere Fundstelle"),
        ("another statement", "eine andere Aussage"),
        ("another example", "einen anderen Fall"),
        ("another rule", "eine andere Regel"),
        ("another patient", "einen anderen Patienten"),
        ("another property", "eine andere Zusage"),
        ("another constraint", "eine andere Bedingung"),
    ),
    "measured": (
        ("is in {unit:words}", "ist in {unit}"),
        ("has no unit", "hat keine Einheit"),
    ),
    "side": (
        ("in {unit:words}", "in {unit}"),
        ("without a unit", "ohne Einheit"),
    ),
    "without_match": (
        ("0", "0"),
        ("empty", "leer"),
        ("no value", "kein Wert"),
    ),
    "noun": (("a name", "kein Name"), ("an id", "keine Kennung")),
    "impossible": (
        ("No possible patient could have all of them.", "Auf keinen möglichen Patienten treffen sie alle zu."),
        ("See the constraint `{name}`.", "Siehe die Bedingung `{name}`."),
        ("{text:words}", "{text}"),
    ),
    "before": (("what was typed", "was getippt war"), ("`{name}`", "`{name}`")),
    "doubt": (
        (
            "A spreadsheet made the date {date:words} of {before:before}.",
            "Eine Tabellenkalkulation hat daraus das Datum {date} gemacht; da stand {before}.",
        ),
        (
            "A spreadsheet may have made the date `{date}` of {before:before}.",
            "Eine Tabellenkalkulation hat daraus vielleicht das Datum `{date}` gemacht; da stand {before}.",
        ),
        (
            "A spreadsheet made the number {number} of `{before}`.",
            "Eine Tabellenkalkulation hat aus `{before}` die Zahl {number} gemacht.",
        ),
        (
            "A spreadsheet made `{given}` of `{before}`.",
            "Eine Tabellenkalkulation hat aus `{before}` `{given}` gemacht.",
        ),
        (
            "A spreadsheet cannot hold {number} exactly.",
            "Eine Tabellenkalkulation kann {number} nicht genau behalten.",
        ),
        (
            "A spreadsheet shortened a number to `{given}`.",
            "Eine Tabellenkalkulation hat eine Zahl zu `{given}` gekürzt.",
        ),
        (
            "`{given}` may be a number with a decimal comma.",
            "`{given}` ist vielleicht eine Zahl mit Dezimalkomma.",
        ),
    ),
    "own": (
        ("this value cannot be read.", "Dieser Wert ist nicht lesbar."),
        ("{value:value} is neither true nor false.", "{value} ist weder wahr noch falsch."),
        ("{value:value} is neither yes nor no.", "{value} ist weder Ja noch Nein."),
        ("{value:value} is not one of the choices.", "{value} ist keine der Antworten."),
        ("{value:value} is not a list of choices.", "{value} ist keine Liste von Antworten."),
        ("{value:value} is not {type:type}.", "{value} ist nicht {type}."),
        ("it must be an ordinary number, neither infinite nor undefined.", "Es muss eine gewöhnliche Zahl sein."),
        ("this number has too many digits.", "Diese Zahl hat zu viele Stellen."),
        ("{number} is not a whole number.", "{number} ist keine ganze Zahl."),
        ("{number} is out of range.", "{number} liegt außerhalb des Bereichs."),
        ("no value meets all of these tests at once.", "Kein Wert erfüllt all diese Vergleiche zugleich."),
        ("{value:value} is not a test for this fact.", "{value} ist kein Vergleich für diese Angabe."),
        ("`{test}` needs a list of values.", "`{test}` braucht eine Liste von Werten."),
        (
            "`{test}` needs two values, the lowest and the highest.",
            "`{test}` braucht zwei Werte, den kleinsten und den größten.",
        ),
        ("there are {number} answers.", "Es gibt {number} Antworten."),
        ("{value:value} has a comma.", "{value} hat ein Komma."),
        ("{value:value} is given with other choices.", "{value} ist zusammen mit anderen Antworten angegeben."),
    ),
    "form_of_name": (
        (
            "Names consist of lower-case letters, digits and `_`, and begin with a letter.",
            "Namen bestehen aus Kleinbuchstaben, Ziffern und `_` und beginnen mit einem Buchstaben.",
        ),
        (
            "Names consist of lower-case letters, digits, `_` and `-`, and begin with a letter.",
            "Namen bestehen aus Kleinbuchstaben, Ziffern, `_` und `-` und beginnen mit einem Buchstaben.",
        ),
        (
            "Ids consist of lower-case letters and digits, joined by `-`.",
            "Kennungen bestehen aus Kleinbuchstaben und Ziffern, mit `-` verbunden.",
        ),
        (
            "Ids of statements consist of lower-case letters and digits, joined by `-` and `.`.",
            "Kennungen von Aussagen bestehen aus Kleinbuchstaben und Ziffern, mit `-` und `.` verbunden.",
        ),
    ),
    "narrow": (("Narrow the range of {names:names}.", "Engen Sie den Bereich von {names} ein."),),
    "what_to_declare": (
        ("fact", "Die Angabe"),
        ("statement", "Die Aussage"),
    ),
    "span": (
        (" from {low} to {high}", " von {low} bis {high}"),
        (" from {low} to {high} {unit:words}", " von {low} bis {high} {unit}"),
        (" of at least {low}", " ab {low}"),
        (" of at least {low} {unit:words}", " ab {low} {unit}"),
        (" of at most {high}", " bis {high}"),
        (" of at most {high} {unit:words}", " bis {high} {unit}"),
    ),
}
