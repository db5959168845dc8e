"""What a change of rules is and does, in German: its summary, and why cases fail."""

from __future__ import annotations

from collections.abc import Mapping

from hiprun.catalogue.sentences import Form

PHRASES: Mapping[str, tuple[Form, ...]] = {
    "field": (("version", "Die Version"), ("title", "Der Titel"), ("notice", "Der Hinweis")),
    "entry": (
        ("fact", "Die Angabe"),
        ("parameter", "Die Einstellung"),
        ("derived fact", "Die abgeleitete Angabe"),
        ("constraint", "Die Bedingung"),
        ("constraint on parameters", "Die Bedingung an Einstellungen"),
        ("decision", "Die Entscheidung"),
        ("protocol", "Der Stufenplan"),
        ("statement", "Die Aussage"),
        ("property", "Die Zusage"),
        ("patient", "Der Patient"),
        ("rule", "Die Regel"),
    ),
    "entry_of": (
        ("{kind:entry} `{name}`", "{kind} `{name}`"),
        ("{kind:entry} `{name}` of `{of}`", "{kind} `{name}` von `{of}`"),
    ),
    "whole": (
        ("The diary", "Das Tagebuch"),
        ("The list of units", "Die Liste der Einheiten"),
        ("The list of groups of choices", "Die Liste der Gruppen von Antworten"),
    ),
    "ends": (
        ("to no other value", "auf keinen anderen Wert"),
        ("from {low}", "ab {low}"),
        ("to {high}", "bis {high}"),
        ("from {low} to {high}", "von {low} bis {high}"),
    ),
    "one_case": (("The case `{name}`", "Der Fall `{name}`"),),
    "cases": (
        ("The cases {names:names}", "Die Fälle {names}"),
        ("{number} cases ({names:names})", "{number} Fälle ({names})"),
    ),
    "unknown": (
        ("{names:names} is unknown", "{names} nicht bekannt ist"),
        ("{names:names} are unknown", "{names} nicht bekannt sind"),
    ),
    "at_patient": (("`{name}` ({place:place})", "`{name}` ({place})"),),
    "patients": (
        ("{one:at_patient}, {others:patients}", "{one}, {others}"),
        ("{one:at_patient} and {last:at_patient}", "{one} und {last}"),
        ("{one:at_patient} and {number} more", "{one} und {number} weitere"),
    ),
    "it": (("it", "dazu"), ("them", "dazu")),
    "place": (
        ("{file:words}:{line}:{column}", "{file}, Zeile {line}"),
        ("{file:words}:{line}", "{file}, Zeile {line}"),
    ),
    "mended": (("it", "den Fall"), ("all {number}", "alle {number}"), ("{some} of {number}", "{some} von {number}")),
    "added_to": (
        ("`{name}`", "`{name}`"),
        ("the cases that start from no patient", "den Fällen, die von keinem Patienten ausgehen"),
    ),
    "rule_change": (
        ("fires", "zutrifft"),
        ("now fires", "jetzt zutrifft"),
        ("no longer fires", "nicht mehr zutrifft"),
        ("now says something else", "jetzt etwas anderes sagt"),
        ("says something else", "etwas anderes sagt"),
    ),
}

CHANGES: tuple[Form, ...] = (
    # summaries
    ("The {field:field} was {before:words} and is now {after:words}.", "{field} war {before} und ist jetzt {after}."),
    ("The {what:entry_of} was {before} and is now {after}.", "{what} war {before} und ist jetzt {after}."),
    ("The {what:entry_of} is new.", "{what} ist neu."),
    ("The {what:entry_of} is new: {text:words}", "{what} ist neu: {text}"),
    ("The {what:entry_of} is gone.", "{what} gibt es nicht mehr."),
    ("The {what:entry_of} has changed.", "{what} hat sich geändert."),
    ("{what:whole} has changed.", "{what} hat sich geändert."),
    ("The {what:entry_of} is worded differently.", "{what} hat andere Worte."),
    ("The {what:entry_of} is worded differently: {text:words}", "{what} hat andere Worte: {text}"),
    ("The {what:entry_of} is asked for differently: {text:words}", "{what} wird anders erfragt: {text}"),
    (
        "The {what:entry_of} has other possible answers, or another order of them.",
        "{what} hat andere mögliche Antworten oder eine andere Reihenfolge davon.",
    ),
    ("The {what:entry_of} has other reasons or sources.", "{what} hat andere Gründe oder Belege."),
    ("The {what:entry_of} may now be set {ends:ends}.", "{what} lässt sich jetzt einstellen: {ends}."),
    ("The {what:entry_of} is described differently.", "{what} wird anders beschrieben."),
    ("The {what:entry_of} has its rules in another order.", "{what} hat ihre Regeln in anderer Reihenfolge."),
    ("The {what:entry_of} has other outputs or texts.", "{what} hat andere Ausgaben oder Texte."),
    ("The {what:entry_of} has another condition.", "{what} hat eine andere Bedingung."),
    ("The {what:entry_of} gives something else.", "{what} ergibt etwas anderes."),
    ("The {what:entry_of} cites nothing.", "{what} nennt keinen Beleg."),
    ("The {what:entry_of} cites {names:names}.", "{what} beruft sich auf {names}."),
    ("The {what:entry_of} now has `{text}`.", "{what} hat jetzt `{text}`."),
    ("The {what:entry_of} no longer gives {names:names}.", "{what} nennt nicht mehr: {names}."),
    ("{cases:one_case} is new.", "{cases} ist neu."),
    ("{cases:cases} are new.", "{cases} sind neu."),
    ("{cases:one_case} is gone.", "{cases} ist weg."),
    ("{cases:cases} are gone.", "{cases} sind weg."),
    ("{cases:one_case} expects something else.", "{cases} erwartet etwas anderes."),
    ("{cases:cases} expect something else.", "{cases} erwarten etwas anderes."),
    (
        "{cases:one_case} is about another patient or is worded differently.",
        "{cases} handelt von einem anderen Patienten oder hat andere Worte.",
    ),
    (
        "{cases:cases} are about other patients or are worded differently.",
        "{cases} handeln von anderen Patienten oder haben andere Worte.",
    ),
    # why cases fail
    ("{number} case is undetermined because {unknown:unknown}.", "{number} Fall bleibt offen, weil {unknown}."),
    ("{number} cases are undetermined because {unknown:unknown}.", "{number} Fälle bleiben offen, weil {unknown}."),
    (
        "{number} case is undetermined because {unknown:unknown}; the patient {patient:at_patient} does not give "
        "{it:it}.",
        "{number} Fall bleibt offen, weil {unknown}; der Patient {patient} sagt {it} nichts.",
    ),
    (
        "{number} cases are undetermined because {unknown:unknown}; the patient {patient:at_patient} does not give "
        "{it:it}.",
        "{number} Fälle bleiben offen, weil {unknown}; der Patient {patient} sagt {it} nichts.",
    ),
    (
        "{number} cases are undetermined because {unknown:unknown}; the patients {patients:patients} do not give "
        "{it:it}.",
        "{number} Fälle bleiben offen, weil {unknown}; die Patienten {patients} sagen {it} nichts.",
    ),
    (
        "{number} case gets another answer because `{rule}` ({place:place}) {change:rule_change}.",
        "{number} Fall bekommt eine andere Antwort, weil `{rule}` ({place}) {change}.",
    ),
    (
        "{number} cases get another answer because `{rule}` ({place:place}) {change:rule_change}.",
        "{number} Fälle bekommen eine andere Antwort, weil `{rule}` ({place}) {change}.",
    ),
    (
        "Adding `{added}` to {where:added_to} mends {count:mended}.",
        "Mit `{added}` bei {where} stimmt das wieder: {count}.",
    ),
    (
        "Adding `{added}` to {where:added_to} mends {count:mended}, and breaks {broken} other.",
        "Mit `{added}` bei {where} stimmt das wieder: {count}; dafür stimmt {broken} anderer nicht mehr.",
    ),
    (
        "Adding `{added}` to {where:added_to} mends {count:mended}, and breaks {broken} others.",
        "Mit `{added}` bei {where} stimmt das wieder: {count}; dafür stimmen {broken} andere nicht mehr.",
    ),
    # what came out
    (
        "{number} cases: {where:words}: expected {expected:words}, found {found:words}; fired: no rule.",
        "{number} Fälle: {where}: erwartet {expected}, gefunden {found}; keine Regel traf zu.",
    ),
    (
        "{number} cases: {where:words}: expected {expected:words}, found {found:words}; fired: {rules:words}.",
        "{number} Fälle: {where}: erwartet {expected}, gefunden {found}; zugetroffen: {rules}.",
    ),
    ("{where:words}: expected {expected:words}, found {found:words}", "{where}: erwartet {expected}, gefunden {found}"),
    ("{where:words}: lacks {entries:words}", "{where}: es fehlt {entries}"),
    ("{where:words}: also has {entries:words}", "{where}: zusätzlich {entries}"),
    (
        "{where:words}: lacks {entries:words}; also has {more:words}",
        "{where}: es fehlt {entries}; zusätzlich {more}",
    ),
)
