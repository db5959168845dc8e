"""What to do about how files are written, in German; and what the buttons that mend problems say."""

from __future__ import annotations

from hiprun.catalogue.sentences import Form

_ALIGN = (
    "Lines that belong together start in the same column; lines that belong to a name are indented two more spaces.",
    "Zeilen, die zusammengehören, beginnen in derselben Spalte; Zeilen, die zu einem Namen gehören, stehen zwei "
    "Leerzeichen weiter rechts.",
)

HELP: tuple[Form, ...] = (
    ("Did you mean `{name}`?", "War `{name}` gemeint?"),
    ("Available: {names:names}.", "Es gibt: {names}."),
    # characters and YAML
    ("Use spaces, two for each level.", "Nehmen Sie Leerzeichen, zwei für jede Stufe."),
    (
        "Delete it; retyping this part of the line is the surest way.",
        "Löschen Sie es; am sichersten tippen Sie diesen Teil der Zeile neu.",
    ),
    ("Delete its escape.", "Löschen Sie es."),
    (
        "Type a space in its place; such spaces are picked up when text is copied from a web page or a document.",
        "Tippen Sie dort ein Leerzeichen; solche Zeichen kommen mit, wenn Text aus einer Webseite oder einem Dokument "
        "kopiert wird.",
    ),
    ('Use the straight quotes on the keyboard, `"`.', 'Nehmen Sie die geraden Anführungszeichen der Tastatur, `"`.'),
    (
        'Use the straight quotes on the keyboard, `"`; to keep the curly ones, put straight quotes around them.',
        'Nehmen Sie die geraden Anführungszeichen der Tastatur, `"`; sollen die anderen bleiben, setzen Sie gerade '
        "darum.",
    ),
    ('Replace the curly quotes with straight ones, `"`.', 'Ersetzen Sie die Anführungszeichen durch gerade, `"`.'),
    ("Write what it should contain, or delete it.", "Schreiben Sie, was sie enthalten soll, oder löschen Sie sie."),
    (
        "Begin with a line such as `facts:` or `decision: name`, and indent the list under a name.",
        "Beginnen Sie mit einer Zeile wie `facts:` oder `decision: name`, und rücken Sie die Liste unter einem Namen "
        "ein.",
    ),
    (
        "Begin with a line such as `facts:` or `decision: name`.",
        "Beginnen Sie mit einer Zeile wie `facts:` oder `decision: name`.",
    ),
    ("Begin with a line such as `facts:`.", "Beginnen Sie mit einer Zeile wie `facts:`."),
    _ALIGN,
    (f"Begin it with `- `. {_ALIGN[0]}", f"Beginnen Sie sie mit `- `. {_ALIGN[1]}"),
    (f"Delete the dash. {_ALIGN[0]}", f"Löschen Sie den Strich. {_ALIGN[1]}"),
    (
        "Write `{text}` with a space after the colon.",
        "Schreiben Sie `{text}` mit einem Leerzeichen nach dem Doppelpunkt.",
    ),
    ("Write `{text}` with a space after the dash.", "Schreiben Sie `{text}` mit einem Leerzeichen nach dem Strich."),
    (
        "Write a colon and a space after the name, or begin a list entry with `- `.",
        "Schreiben Sie nach dem Namen einen Doppelpunkt und ein Leerzeichen, oder beginnen Sie einen Eintrag einer "
        "Liste "
        "mit `- `.",
    ),
    ("Write `name: value`.", "Schreiben Sie `name: wert`."),
    (
        "Delete the text before the list, or put all of it in quotes if it is meant as text.",
        "Löschen Sie den Text vor der Liste, oder setzen Sie alles in Anführungszeichen, wenn es ein Text sein soll.",
    ),
    (
        "Write each entry on its own line below, or the whole list in brackets: `[one, another]`.",
        "Schreiben Sie jeden Eintrag darunter in eine eigene Zeile, oder die ganze Liste in Klammern: `[eins, noch "
        "eins]`.",
    ),
    (
        "Put the text in quotes; if this begins a new entry, write it on a line of its own.",
        "Setzen Sie den Text in Anführungszeichen; beginnt hier ein neuer Eintrag, schreiben Sie ihn in eine eigene "
        "Zeile.",
    ),
    (
        "Put the whole text in quotes; or delete this if it is not part of the text.",
        "Setzen Sie den ganzen Text in Anführungszeichen; oder löschen Sie das, wenn es nicht zum Text gehört.",
    ),
    (
        "Separate entries with commas, and put text with a colon, a quote or a bracket in quotes.",
        "Trennen Sie Einträge durch Kommas, und setzen Sie Text mit Doppelpunkt, Anführungszeichen oder Klammer in "
        "Anführungszeichen.",
    ),
    ("Write the value, or delete what follows.", "Schreiben Sie den Wert, oder löschen Sie, was folgt."),
    ("Write lists in brackets: `[one, another]`.", "Schreiben Sie Listen in Klammern: `[eins, noch eins]`."),
    (
        "Add `{bracket}` after its last entry, and commas between its entries.",
        "Setzen Sie `{bracket}` hinter den letzten Eintrag, und Kommas zwischen die Einträge.",
    ),
    (
        "Delete it, or add the bracket that it should close.",
        "Löschen Sie das, oder ergänzen Sie die Klammer, die es schließen soll.",
    ),
    (
        "Write a name before the colon; put text that begins with a bracket in quotes.",
        "Schreiben Sie vor den Doppelpunkt einen Namen; Text, der mit einer Klammer beginnt, gehört in "
        "Anführungszeichen.",
    ),
    ("Add `{quote}` where the text ends.", "Setzen Sie `{quote}` dorthin, wo der Text endet."),
    (
        'Put the whole value in quotes; inside `"…"` an apostrophe is fine.',
        'Setzen Sie den ganzen Wert in Anführungszeichen; in `"…"` darf ein Apostroph stehen.',
    ),
    (
        "Delete this, or close the brackets only at the end.",
        "Löschen Sie das, oder schließen Sie die Klammern erst am Ende.",
    ),
    ("Put the text in quotes.", "Setzen Sie den Text in Anführungszeichen."),
    (
        "Put the text in quotes; values cannot be shared between places.",
        "Setzen Sie den Text in Anführungszeichen; Werte lassen sich nicht zwischen Stellen teilen.",
    ),
    ("Delete the line.", "Löschen Sie die Zeile."),
    (
        "Delete the line, or move what follows to a file of its own.",
        "Löschen Sie die Zeile, oder schreiben Sie, was folgt, in eine eigene Datei.",
    ),
    (
        "Put text that begins with this character in quotes.",
        "Setzen Sie Text, der mit diesem Zeichen beginnt, in Anführungszeichen.",
    ),
    (
        "Delete the word, or put the whole text in quotes.",
        "Löschen Sie das Wort, oder setzen Sie den ganzen Text in Anführungszeichen.",
    ),
    (
        "Write the value out, or put text that begins with this character in quotes.",
        "Schreiben Sie den Wert aus, oder setzen Sie Text, der mit diesem Zeichen beginnt, in Anführungszeichen.",
    ),
    (
        "Save the file as UTF-8; most editors offer that as `Encoding` under `Save as`.",
        "Speichern Sie die Datei als UTF-8; die meisten Programme bieten das beim Speichern unter „Codierung“ an.",
    ),
    ("Rename it to end in `{ending}`.", "Benennen Sie sie um, sodass sie auf `{ending}` endet."),
    # values
    (
        "Write `{word}`; if the word itself is meant, put it in quotes: `{text}`.",
        "Schreiben Sie `{word}`; ist das Wort selbst gemeint, setzen Sie es in Anführungszeichen: `{text}`.",
    ),
    (
        "Write a value after the colon or dash, or delete the line.",
        "Schreiben Sie nach dem Doppelpunkt oder Strich einen Wert, oder löschen Sie die Zeile.",
    ),
    (
        "Write a value, or leave out the whole line; if the word itself is meant, put it in quotes: `{text}`.",
        "Schreiben Sie einen Wert, oder lassen Sie die ganze Zeile weg; ist das Wort selbst gemeint, setzen Sie es in "
        "Anführungszeichen: `{text}`.",
    ),
    ("Decimals are written with a point: `{text}`.", "Dezimalzahlen haben hier einen Punkt: `{text}`."),
    (
        "Write `{number}`; if text is meant, put it in quotes: `{text}`.",
        "Schreiben Sie `{number}`; ist Text gemeint, setzen Sie ihn in Anführungszeichen: `{text}`.",
    ),
    (
        "Write it with the digits 0 to 9; if text is meant, put it in quotes.",
        "Schreiben Sie die Zahl mit den Ziffern 0 bis 9; ist Text gemeint, setzen Sie ihn in Anführungszeichen.",
    ),
    (
        "Write the number in digits, or leave the bound out.",
        "Schreiben Sie die Zahl in Ziffern, oder lassen Sie die Grenze weg.",
    ),
    ("Write a shorter number.", "Schreiben Sie eine kürzere Zahl."),
    (
        "Write `{text}`; text that begins with such a sign goes in quotes.",
        "Schreiben Sie `{text}`; Text, der mit so einem Zeichen beginnt, gehört in Anführungszeichen.",
    ),
    (
        "Delete one of the two, or give it another name.",
        "Löschen Sie eines von beiden, oder geben Sie ihm einen anderen Namen.",
    ),
    (
        "If it is meant as one, put it in quotes: `{text}`.",
        "Soll es einer sein, setzen Sie ihn in Anführungszeichen: `{text}`.",
    ),
    ("Retype the name.", "Tippen Sie den Namen neu."),
    # what a file may contain
    ("A file begins with one of {names:names}.", "Eine Datei beginnt mit einem von {names}."),
    ("Move the line with `{name}` to the top.", "Setzen Sie die Zeile mit `{name}` ganz nach oben."),
    (
        "If one of several conditions is enough, list them under `{group}`: `{text}`.",
        "Genügt eine von mehreren Bedingungen, schreiben Sie sie als Liste unter `{group}`: `{text}`.",
    ),
    (
        "If all of several conditions must hold, list them under `{group}`: `{text}`.",
        "Müssen mehrere Bedingungen alle zutreffen, schreiben Sie sie als Liste unter `{group}`: `{text}`.",
    ),
    ("Add `{name}: …`.", "Ergänzen Sie `{name}: …`."),
    ("Add `{name}: …` (the question to ask).", "Ergänzen Sie `{name}: …` (die Frage, die gestellt wird)."),
    (
        "Add `{name}: …` (the conditions that are counted).",
        "Ergänzen Sie `{name}: …` (die Bedingungen, die gezählt werden).",
    ),
    (
        "Add `{name}: …` (the text as the pack has it).",
        "Ergänzen Sie `{name}: …` (der Text, wie ihn das Regelwerk hat).",
    ),
    (
        "Add `{name}: …` (what each decision must give, or `refused` if these facts cannot occur).",
        "Ergänzen Sie `{name}: …` (was jede Entscheidung ergeben muss, oder `refused`, wenn diese Angaben nicht "
        "vorkommen "
        "können).",
    ),
    (
        "Add `{name}: …` (what values it has: `choice` is exactly one of its choices, `set` any number of them).",
        "Ergänzen Sie `{name}: …` (welche Werte es hat: `choice` ist genau eine Antwort aus der Auswahl, `set` "
        "beliebig "
        "viele davon).",
    ),
    (
        "Add `{name}: …` (the version of the rule language: 2, or 1 for a pack that was written for it).",
        "Ergänzen Sie `{name}: …` (die Version der Regelsprache: 2, oder 1 für ein Regelwerk, das dafür geschrieben "
        "ist).",
    ),
    (
        "Write a condition under `when`, or a number under `formula`.",
        "Schreiben Sie unter `when` eine Bedingung, oder unter `formula` eine Zahl.",
    ),
    (
        "Write the rules as a list under `rules`, or as a `table`.",
        "Schreiben Sie die Regeln als Liste unter `rules` oder als Tabelle unter `table`.",
    ),
    (
        "Write how far the quantity may go: `at_most`, `at_least` or both.",
        "Schreiben Sie, wie weit die Größe gehen darf: `at_most`, `at_least` oder beides.",
    ),
    (
        "A decision has either `rules` or a `table`, not both.",
        "Eine Entscheidung hat entweder `rules` oder `table`, nicht beides.",
    ),
    (
        "A derived fact is either a condition (`when`) or a number (`formula`), not both.",
        "Eine abgeleitete Angabe ist entweder eine Bedingung (`when`) oder eine Zahl (`formula`), nicht beides.",
    ),
    ("{form:form_of_name}", "{form}"),
    ("{form:form_of_name} Write `{name}`.", "{form} Schreiben Sie `{name}`."),
    (
        "Add `{name}: …` (the answer that is hoped for; hiprun shows what would lead to it).",
        "Ergänzen Sie `{name}: …` (die Antwort, die erhofft wird; hiprun zeigt, was dahin führen würde).",
    ),
    # any other aside is left out: what to add is said without it
    ("Add `{name}: …` ({aside:words}).", "Ergänzen Sie `{name}: …`."),
    ("Write the code of a language: {names:names}.", "Schreiben Sie den Code einer Sprache: {names}."),
    (
        "A code in a record is its system, `|` and the code: `{text}`.",
        "Ein Code in einer Akte ist sein System, `|` und der Code: `{text}`.",
    ),
    ("Write an activity, or `{text}`.", "Schreiben Sie eine Tätigkeit, oder `{text}`."),
    ("Write {names:names}.", "Schreiben Sie {names}."),
    ("The stages, the first one first.", "Die Stufen, die erste zuerst."),
    ("Write three numbers joined by dots: `{text}`.", "Schreiben Sie drei Zahlen mit Punkten dazwischen: `{text}`."),
    ("Write values for the outputs, or `{text}`.", "Schreiben Sie Werte für die Ausgaben, oder `{text}`."),
    (
        "Begin each entry with a dash and a space, `- `, or write the list in brackets.",
        "Beginnen Sie jeden Eintrag mit Strich und Leerzeichen, `- `, oder schreiben Sie die Liste in Klammern.",
    ),
    ("Write `{text}`.", "Schreiben Sie `{text}`."),
    ("Put it in quotes: `{text}`.", "Setzen Sie das in Anführungszeichen: `{text}`."),
    ("Put it in quotes.", "Setzen Sie das in Anführungszeichen."),
    ("Write `name: value`, without dashes or brackets.", "Schreiben Sie `name: wert`, ohne Striche und Klammern."),
    (
        "Write `name: value`, without dashes; if one of several conditions is enough, list them under `any:`.",
        "Schreiben Sie `name: wert`, ohne Striche; genügt eine von mehreren Bedingungen, schreiben Sie sie als Liste "
        "unter "
        "`any:`.",
    ),
    (
        "Write `name: value` on the lines below it, two spaces further in.",
        "Schreiben Sie `name: wert` in die Zeilen darunter, zwei Leerzeichen weiter rechts.",
    ),
    ("Write a single value.", "Schreiben Sie einen einzelnen Wert."),
    ("Write the two ends in brackets: `{text}`.", "Schreiben Sie die beiden Enden in Klammern: `{text}`."),
    (
        "Write a list in brackets, with commas: `[one, another]`.",
        "Schreiben Sie eine Liste in Klammern, mit Kommas: `[eins, noch eins]`.",
    ),
    (
        "Write `true` or `false`, without quotes.",
        "Schreiben Sie `true` oder `false`, ohne Anführungszeichen.",
    ),
    ("Write `true` or `false`.", "Schreiben Sie `true` oder `false`."),
    ("Write `{word}`, without quotes.", "Schreiben Sie `{word}`, ohne Anführungszeichen."),
    (
        "Write it in digits, without quotes and without a unit.",
        "Schreiben Sie die Zahl in Ziffern, ohne Anführungszeichen und ohne Einheit.",
    ),
    (
        "Write a number in digits, without quotes and without a unit.",
        "Schreiben Sie eine Zahl in Ziffern, ohne Anführungszeichen und ohne Einheit.",
    ),
    (
        "Write a number, the name of a parameter, or a formula made of these.",
        "Schreiben Sie eine Zahl, den Namen einer Einstellung oder eine Formel daraus.",
    ),
    ("Write `[{text:words}]`.", "Schreiben Sie `[{text}]`."),
    ("Write one of {names:names}.", "Schreiben Sie eines von {names}."),
    ("Write one value, or `{text}` to name several.", "Schreiben Sie einen Wert, oder `{text}` für mehrere."),
    ("Write `{text}`, both ends included.", "Schreiben Sie `{text}`, beide Enden eingeschlossen."),
    (
        "Write `{text}` to ask for it, or `{other}` for this one and no other.",
        "Schreiben Sie `{text}`, um danach zu fragen, oder `{other}` für diese Antwort und keine andere.",
    ),
    ("Put something in it, or delete it.", "Schreiben Sie etwas hinein, oder löschen Sie es."),
    ("The lowest and the highest value, both included.", "Der kleinste und der größte Wert, beide eingeschlossen."),
)

FIXES: tuple[Form, ...] = (
    ("Write `{text}`", "`{text}` schreiben"),
    ("Write `{text}` in all {number} places", "`{text}` an allen {number} Stellen schreiben"),
    ("Put the text in quotes", "Den Text in Anführungszeichen setzen"),
    ("Put the values in brackets", "Die Werte in Klammern setzen"),
    ("Write straight quotes", "Gerade Anführungszeichen schreiben"),
    ("Add a comma", "Ein Komma ergänzen"),
    ("Begin the line with a dash", "Die Zeile mit einem Strich beginnen"),
    ("Begin the line in column {number}", "Die Zeile in Spalte {number} beginnen"),
    ("Add `{sign}` at the end of line {number}", "`{sign}` ans Ende von Zeile {number} setzen"),
    ("Add `{name}`, to be written", "`{name}` ergänzen, noch auszufüllen"),
    ("Add `{name}`", "`{name}` ergänzen"),
    ("Delete the line", "Die Zeile löschen"),
    ("Delete the dash", "Den Strich löschen"),
    ("Delete `{name}`", "`{name}` löschen"),
    ("Write a list", "Eine Liste schreiben"),
    ("Write a list, under `{name}`", "Eine Liste schreiben, unter `{name}`"),
    ("Make it one entry of a list", "Einen Eintrag einer Liste daraus machen"),
    ("Make it one entry of a list, under `{name}`", "Einen Eintrag einer Liste daraus machen, unter `{name}`"),
    ("Make each line an entry of a list", "Jede Zeile zu einem Eintrag einer Liste machen"),
    (
        "Make each line an entry of a list, under `{name}`",
        "Jede Zeile zu einem Eintrag einer Liste machen, unter `{name}`",
    ),
    ("All of these must hold: `{group}`", "All das muss zutreffen: `{group}`"),
    ("One of these is enough: `{group}`", "Eines davon genügt: `{group}`"),
    ("Write the lower one first", "Das Kleinere zuerst schreiben"),
    ("Write the backslash twice", "Den Rückstrich zweimal schreiben"),
    ("Write a space after the colon", "Nach dem Doppelpunkt ein Leerzeichen schreiben"),
    ("Write `language: 2` in the pack file", "In der Datei des Regelwerks `language: 2` schreiben"),
    ("Declare the {what:what_to_declare} `{name}`", "{what} `{name}` anlegen"),
    ("Cite `{name}`: {text:words}", "`{name}` als Beleg nennen: {text}"),
    ("Cite it in the rule `{name}`", "In der Regel `{name}` als Beleg nennen"),
)
