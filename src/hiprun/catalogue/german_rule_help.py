"""What to do about what rules, facts and tables mean, in German."""

from __future__ import annotations

from hiprun.catalogue.sentences import Form

HELP: tuple[Form, ...] = (
    # names
    (
        "Add a file that begins with `pack:` and a name, then `language: 2`, `version` and `title`.",
        "Ergänzen Sie eine Datei, die mit `pack:` und einem Namen beginnt, darunter `language: 2`, `version` und "
        "`title`.",
    ),
    (
        "Delete one of the two, or move its files into a folder of their own.",
        "Löschen Sie eines von beiden, oder verschieben Sie seine Dateien in einen eigenen Ordner.",
    ),
    (
        "Split it up, for example into derived facts.",
        "Teilen Sie das auf, etwa in abgeleitete Angaben.",
    ),
    (
        "Use fewer steps, or conditions that are nested less deeply.",
        "Nehmen Sie weniger Schritte oder weniger tief verschachtelte Bedingungen.",
    ),
    (
        "Split it into several files of the same kind, in the same folder.",
        "Teilen Sie sie in mehrere Dateien derselben Art im selben Ordner auf.",
    ),
    (
        "Split it into several files of the same kind, in the same folder; a large decision into several, each for "
        "some of the "
        "patients.",
        "Teilen Sie sie in mehrere Dateien derselben Art im selben Ordner auf; eine große Entscheidung in mehrere, "
        "jede für "
        "einen Teil der Patienten.",
    ),
    ("Check the path.", "Prüfen Sie den Pfad."),
    (
        "Rule files end in `.yaml`; the names of their folders do not begin with a dot.",
        "Regeldateien enden auf `.yaml`; die Namen ihrer Ordner beginnen nicht mit einem Punkt.",
    ),
    (
        "Correct these first; any others will be shown after that.",
        "Beheben Sie erst diese; alle weiteren werden danach gezeigt.",
    ),
    ("Choose another name, for example `{name}`.", "Wählen Sie einen anderen Namen, etwa `{name}`."),
    ("Choose another name.", "Wählen Sie einen anderen Namen."),
    ("Choose another name, or edit {place:words}.", "Wählen Sie einen anderen Namen, oder ändern Sie {place}."),
    (
        "Give one of the two another name, or delete it if they are the same.",
        "Geben Sie einem von beiden einen anderen Namen, oder löschen Sie es, wenn beide dasselbe sind.",
    ),
    (
        "Give one of the two another id, or delete it if they are the same.",
        "Geben Sie einem von beiden eine andere Kennung, oder löschen Sie es, wenn beide dasselbe sind.",
    ),
    (
        "Give this row an id of its own, or change the other id.",
        "Geben Sie dieser Zeile eine eigene Kennung, oder ändern Sie die andere.",
    ),
    ("Delete one of the two.", "Löschen Sie eines von beiden."),
    (
        "Ask about a fact, and compare it with the parameter.",
        "Fragen Sie nach einer Angabe, und vergleichen Sie sie mit der Einstellung.",
    ),
    ("Name one of its outputs: {names:names}.", "Nennen Sie eine ihrer Ausgaben: {names}."),
    ("Give the facts behind it.", "Geben Sie die Angaben dahinter an."),
    ("Keep it in only one of the two places.", "Lassen Sie es nur an einer der beiden Stellen."),
    (
        "Ask about the facts behind it, or put the condition both share into a derived fact.",
        "Fragen Sie nach den Angaben dahinter, oder schreiben Sie die gemeinsame Bedingung als abgeleitete Angabe.",
    ),
    (
        "Write, for example, `{text}`.",
        "Schreiben Sie zum Beispiel `{text}`.",
    ),
    (
        "Name the facts that cannot occur together; what must hold for outcomes belongs in `properties`.",
        "Nennen Sie die Angaben, die nicht zusammen vorkommen können; was für Ergebnisse gelten muss, gehört unter "
        "`properties`.",
    ),
    (
        "Choose another id, one that does not begin with {names:names}.",
        "Wählen Sie eine andere Kennung, die nicht mit {names} beginnt.",
    ),
    ("Give the group another name.", "Geben Sie der Gruppe einen anderen Namen."),
    (
        "Rename one of them, or use `rules` instead of a table.",
        "Benennen Sie eines davon um, oder nehmen Sie `rules` statt einer Tabelle.",
    ),
    # choices, types and ranges
    (
        "List at least two; for yes or no use `type: boolean`.",
        "Nennen Sie mindestens zwei; für Ja oder Nein nehmen Sie `type: boolean`.",
    ),
    ("Add them: `{text}`.", "Ergänzen Sie sie: `{text}`."),
    ("Write dates as year, month, day: `{text}`.", "Schreiben Sie Tage als Jahr, Monat, Tag: `{text}`."),
    ("Check the month and the day.", "Prüfen Sie Monat und Tag."),
    (
        "Write a value within the range, or widen the range where it is declared.",
        "Schreiben Sie einen Wert in diesem Bereich, oder erweitern Sie den Bereich, wo er festgelegt ist.",
    ),
    ("Change the value, or widen the range.", "Ändern Sie den Wert, oder erweitern Sie den Bereich."),
    (
        "Narrow the range of the parameter, or widen that of `{name}`.",
        "Engen Sie den Bereich der Einstellung ein, oder erweitern Sie den von `{name}`.",
    ),
    (
        "Narrow the range of {names:names}, or widen that of `{name}`.",
        "Engen Sie den Bereich von {names} ein, oder erweitern Sie den von `{name}`.",
    ),
    ("Narrow the range of {names:names}.", "Engen Sie den Bereich von {names} ein."),
    ("Write the lower one first.", "Schreiben Sie den kleineren Wert zuerst."),
    ("Write the lower end first.", "Schreiben Sie das untere Ende zuerst."),
    ("Put the lower one under `at_least`.", "Schreiben Sie den kleineren Wert unter `at_least`."),
    ("Write a whole number.", "Schreiben Sie eine ganze Zahl."),
    ("Write whole numbers.", "Schreiben Sie ganze Zahlen."),
    (
        "Round it, as with `round(…)`, write a whole number, or change the type to `number`.",
        "Runden Sie, etwa mit `round(…)`, schreiben Sie eine ganze Zahl, oder ändern Sie die Art in `number`.",
    ),
    (
        "Write the direction in which things get worse: `{up}` or `{down}`.",
        "Schreiben Sie die Richtung, in der es schlimmer wird: `{up}` oder `{down}`.",
    ),
    ("Delete `{name}`.", "Löschen Sie `{name}`."),
    ("Delete `{name}`, or change the type.", "Löschen Sie `{name}`, oder ändern Sie die Art."),
    (
        "Write how many decimals make sense to a reader, such as 1.",
        "Schreiben Sie, wie viele Nachkommastellen für Leser sinnvoll sind, etwa 1.",
    ),
    ("Write a number in that range.", "Schreiben Sie eine Zahl in diesem Bereich."),
    ("Write a number above 0.", "Schreiben Sie eine Zahl über 0."),
    (
        "Name the choices themselves, or declare another group.",
        "Nennen Sie die Antworten selbst, oder legen Sie eine andere Gruppe an.",
    ),
    ("Change one of the values, or the constraint.", "Ändern Sie einen der Werte, oder die Bedingung."),
    # conditions and formulas
    ("The tests that fit are {names:names}.", "Diese Vergleiche passen: {names}."),
    (
        "Facts that are not known are asked for, so rules need no test for this: delete it.",
        "Nach Angaben, die nicht bekannt sind, wird gefragt; Regeln brauchen dafür keinen Vergleich: Löschen Sie ihn.",
    ),
    (
        "Derived facts are worked out, so rules need no test for this: delete it.",
        "Abgeleitete Angaben werden ermittelt; Regeln brauchen dafür keinen Vergleich: Löschen Sie ihn.",
    ),
    (
        "Use `one_of: […]`; or list the choices in order where they are declared, and add `ordered: true` there.",
        "Nehmen Sie `one_of: […]`; oder ordnen Sie die Antworten, wo sie festgelegt sind, und ergänzen Sie dort "
        "`ordered: true`.",
    ),
    ("Ask for a number from 0 to {number}.", "Fragen Sie nach einer Anzahl von 0 bis {number}."),
    (
        "Say how many of them must hold, for example `{text}`.",
        "Sagen Sie, wie viele davon zutreffen müssen, etwa `{text}`.",
    ),
    (
        "Remove one of these steps, so that each depends only on earlier ones.",
        "Entfernen Sie einen dieser Schritte, sodass jeder nur von früheren abhängt.",
    ),
    (
        "Name a number fact, a parameter or a number.",
        "Nennen Sie eine Angabe, die eine Zahl ist, eine Einstellung oder eine Zahl.",
    ),
    (
        "If this is a unit, write the number alone; to multiply, write `*`.",
        "Ist das eine Einheit, schreiben Sie die Zahl allein; zum Malnehmen schreiben Sie `*`.",
    ),
    (
        "To multiply, write `*`; the words of a name are joined by `_`.",
        "Zum Malnehmen schreiben Sie `*`; die Wörter eines Namens sind mit `_` verbunden.",
    ),
    ("Add `{sign}`.", "Ergänzen Sie `{sign}`."),
    (
        "Write a test instead: `{one}` or `{other}`.",
        "Schreiben Sie stattdessen einen Vergleich: `{one}` oder `{other}`.",
    ),
    ("Divide by a number other than 0.", "Teilen Sie durch eine andere Zahl als 0."),
    (
        "Divide by a number other than 0; the range of a parameter must not include 0.",
        "Teilen Sie durch eine andere Zahl als 0; der Bereich einer Einstellung darf 0 nicht enthalten.",
    ),
    (
        "What it divides by is from {low} to {high}. {narrow:narrow}",
        "Geteilt wird durch Werte von {low} bis {high}. {narrow}",
    ),
    (
        "Say to how many decimals it is rounded: `{one}` beside a formula, or `{other}` around it.",
        "Sagen Sie, auf wie viele Stellen gerundet wird: `{one}` neben einer Formel, oder `{other}` darum.",
    ),
    (
        "Compare like with like; to convert, multiply or divide by a whole number, such as `{text}`.",
        "Vergleichen Sie Gleiches mit Gleichem; zum Umrechnen nehmen Sie mit einer ganzen Zahl mal oder teilen durch "
        "sie, "
        "etwa `{text}`.",
    ),
    (
        "Add only amounts in the same unit; to convert, multiply or divide by a whole number, such as `{text}`.",
        "Zählen Sie nur Mengen in derselben Einheit zusammen; zum Umrechnen nehmen Sie mit einer ganzen Zahl mal oder "
        "teilen durch sie, etwa `{text}`.",
    ),
    (
        "Compare like with like; a number can have a unit: `{text}`.",
        "Vergleichen Sie Gleiches mit Gleichem; eine Zahl kann eine Einheit haben: `{text}`.",
    ),
    (
        "Add only amounts in the same unit; a number can have a unit: `{text}`.",
        "Zählen Sie nur Mengen in derselben Einheit zusammen; eine Zahl kann eine Einheit haben: `{text}`.",
    ),
    (
        "Name one choice; the tests that take a group are {names:names}.",
        "Nennen Sie eine Antwort; eine Gruppe geht mit {names}.",
    ),
    (
        "A formula consists of numbers, names, functions such as `max(…)`, `+ - * / ^` and parentheses.",
        "Eine Formel besteht aus Zahlen, Namen, Funktionen wie `max(…)`, `+ - * / ^` und Klammern.",
    ),
    ("Separate them by commas.", "Trennen Sie sie durch Kommas."),
    ("Write parentheses around one of them.", "Setzen Sie eine davon in Klammern."),
    (
        "Write the number alone; its unit is given where the fact is declared.",
        "Schreiben Sie die Zahl allein; ihre Einheit steht dort, wo die Angabe festgelegt ist.",
    ),
    ("To multiply, write `*`.", "Zum Malnehmen schreiben Sie `*`."),
    (
        "Write `days(…, …)` for the days between two dates, `add_days(…, …)` for a later one.",
        "Schreiben Sie `days(…, …)` für die Tage zwischen zwei Daten, `add_days(…, …)` für ein späteres.",
    ),
    ("Write `days(…, …)` or `years(…, …)`.", "Schreiben Sie `days(…, …)` oder `years(…, …)`."),
    ("Write `add_days(…, …)` or the like.", "Schreiben Sie `add_days(…, …)` oder Ähnliches."),
    ("Give it numbers only, or dates only.", "Nennen Sie nur Zahlen oder nur Daten."),
    ("Name a fact that is a date.", "Nennen Sie eine Angabe, die ein Datum ist."),
    ("Name a number.", "Nennen Sie eine Zahl."),
    (
        "Round it, as with `round_down(…)`, or give it the type `integer`.",
        "Runden Sie, etwa mit `round_down(…)`, oder geben Sie der Zahl die Art `integer`.",
    ),
    (
        "Give the output the type `number` or `integer`, or choose another `hit`.",
        "Geben Sie der Ausgabe die Art `number` oder `integer`, oder wählen Sie ein anderes `hit`.",
    ),
    (
        "Name a number fact, a derived number or a number output.",
        "Nennen Sie eine Angabe, eine abgeleitete Angabe oder eine Ausgabe, die eine Zahl ist.",
    ),
    ("Name a number fact.", "Nennen Sie eine Angabe, die eine Zahl ist."),
    (
        "Write a number, or a formula of numbers and parameters only.",
        "Schreiben Sie eine Zahl oder eine Formel nur aus Zahlen und Einstellungen.",
    ),
    (
        "Compare like with like; if one can be converted into the other, say how under `units:`.",
        "Vergleichen Sie Gleiches mit Gleichem; lässt sich das eine in das andere umrechnen, sagen Sie unter `units:`, "
        "wie.",
    ),
    # decisions, tables and rules
    ("Add `then:` with a value for every output.", "Ergänzen Sie `then:` mit einem Wert für jede Ausgabe."),
    ("Add a column `{name}`.", "Ergänzen Sie eine Spalte `{name}`."),
    (
        "Give it a value here, or write `otherwise:` with a value for every output.",
        "Geben Sie hier einen Wert an, oder schreiben Sie `otherwise:` mit einem Wert für jede Ausgabe.",
    ),
    (
        "Delete `otherwise`, or give that rule a condition.",
        "Löschen Sie `otherwise`, oder geben Sie jener Regel eine Bedingung.",
    ),
    (
        "Move `{rule}` to the end, or give it a condition.",
        "Setzen Sie `{rule}` ans Ende, oder geben Sie der Regel eine Bedingung.",
    ),
    (
        "Write one cell for each of {names:names}; where a fact does not matter, write `any`.",
        "Schreiben Sie eine Zelle für jedes von {names}; wo es auf eine Angabe nicht ankommt, schreiben Sie `any`.",
    ),
    ("Add a column that names a fact.", "Ergänzen Sie eine Spalte, die eine Angabe nennt."),
    (
        "List its choices, calmest first, and add `worse: later`.",
        "Ordnen Sie ihre Antworten, die ruhigste zuerst, und ergänzen Sie `worse: later`.",
    ),
    # citations and translations
    ("Add `source:` with the id of a statement.", "Ergänzen Sie `source:` mit der Kennung einer Aussage."),
    (
        "Add `source: {id}` to the rule that is based on it, write such a rule, or delete the statement.",
        "Ergänzen Sie `source: {id}` bei der Regel, die darauf beruht, schreiben Sie so eine Regel, oder löschen Sie "
        "die "
        "Aussage.",
    ),
    (
        "Add a file that begins with `guidance:` and lists them under `statements`.",
        "Ergänzen Sie eine Datei, die mit `guidance:` beginnt und sie unter `statements` aufzählt.",
    ),
    (
        "Show the same values as the text that it translates.",
        "Zeigen Sie dieselben Werte wie der Text, der übersetzt wird.",
    ),
    (
        "`hiprun texts {language}` prints the file with what is to be translated.",
        "`hiprun texts {language}` gibt die Datei mit dem aus, was zu übersetzen ist.",
    ),
    (
        "Write `{brace}` for the character itself, or a name in braces, such as `{text}`.",
        "Schreiben Sie `{brace}` für das Zeichen selbst, oder einen Namen in geschweiften Klammern, etwa `{text}`.",
    ),
    (
        "Put the name of a parameter, a fact, a derived number or an output in braces; write `{brace}` for a brace.",
        "Schreiben Sie in die Klammern den Namen einer Einstellung, einer Angabe, einer abgeleiteten Zahl oder einer "
        "Ausgabe; für eine Klammer selbst schreiben Sie `{brace}`.",
    ),
    (
        "Write `{one}`, or `{other}` to leave out the unit.",
        "Schreiben Sie `{one}`, oder `{other}` ohne die Einheit.",
    ),
    (
        "Name a parameter here; only the texts of rules, and questions, can show what is known of a patient.",
        "Nennen Sie hier eine Einstellung; nur Texte von Regeln und Fragen können zeigen, was von einem Patienten "
        "bekannt ist.",
    ),
    (
        "Name a fact, a number, a choice or a date.",
        "Nennen Sie eine Angabe, eine Zahl, eine Auswahl oder ein Datum.",
    ),
    ("Name another language.", "Nennen Sie eine andere Sprache."),
    ("Give them different words.", "Nehmen Sie zwei verschiedene Wörter."),
    ("Delete one.", "Löschen Sie eines."),
    ("Delete it.", "Löschen Sie es."),
    (
        "Write a text for each: `say: {true: it is so, false: it is not so}`.",
        "Schreiben Sie für beides einen Text: `say: {true: es ist so, false: es ist nicht so}`.",
    ),
    ("Add one: `{text}`.", "Ergänzen Sie einen: `{text}`."),
    ("Put `{value}` where the value belongs.", "Schreiben Sie `{value}` dorthin, wo der Wert hingehört."),
    (
        "Put `{value}` where the value belongs, or write a text for each choice.",
        "Schreiben Sie `{value}` dorthin, wo der Wert hingehört, oder einen Text für jede Antwort.",
    ),
    (
        "Write `language: 2` in the pack file; `hiprun check --upgrade` says what else that changes.",
        "Schreiben Sie `language: 2` in die Datei des Regelwerks; `hiprun check --upgrade` sagt, was das sonst ändert.",
    ),
    (
        "Write `language: 2`, or install the version of hiprun that the pack was written for.",
        "Schreiben Sie `language: 2`, oder installieren Sie die Version von hiprun, für die das Regelwerk geschrieben "
        "ist.",
    ),
    # facts that somebody gives
    ("Give true or false.", "Geben Sie wahr oder falsch an."),
    (
        "Answer yes or no, or nothing if it is not known.",
        "Antworten Sie mit Ja oder Nein, oder gar nicht, wenn es nicht bekannt ist.",
    ),
    ("Give a list, such as [{text:words}].", "Geben Sie eine Liste an, etwa [{text}]."),
    ("Write it as year-month-day, for example {date}.", "Schreiben Sie es als Jahr-Monat-Tag, etwa {date}."),
    ("Give {low} or {high}.", "Geben Sie {low} oder {high} an."),
    ("Give {number} without quotes.", "Geben Sie {number} ohne Anführungszeichen an."),
    ("Give a number{span:span}.", "Geben Sie eine Zahl{span} an."),
    ("Give a value{span:span}.", "Geben Sie einen Wert{span} an."),
    ("Give a number.", "Geben Sie eine Zahl an."),
    ("Give a value.", "Geben Sie einen Wert an."),
    ("At most {number} digits are allowed.", "Höchstens {number} Stellen sind erlaubt."),
    ("Give a plain number, text, list or date.", "Geben Sie eine Zahl, einen Text, eine Liste oder einen Tag an."),
    ("Give one.", "Geben Sie eine an."),
    ("Give one or the other.", "Geben Sie das eine oder das andere an."),
    ("Write {number} with a point.", "Schreiben Sie {number} mit einem Punkt."),
    (
        "Write {number} without it, or {other} with a point.",
        "Schreiben Sie {number} ohne Komma, oder {other} mit einem Punkt.",
    ),
    (
        "Check them again, and leave out any that are not certain.",
        "Prüfen Sie sie noch einmal, und lassen Sie weg, was nicht sicher ist.",
    ),
    # the workbench
    ("Write a short one.", "Schreiben Sie einen kurzen."),
    ("Choose one from the list.", "Wählen Sie eine aus der Liste."),
    (
        "Copy what you have typed, and open the page again.",
        "Kopieren Sie, was Sie getippt haben, und öffnen Sie die Seite neu.",
    ),
    ("Look at what the change does again.", "Sehen Sie sich noch einmal an, was die Änderung bewirkt."),
    (
        "Mend them, or tick the box that says that you want to save all the same.",
        "Beheben Sie das, oder setzen Sie das Häkchen, dass Sie trotzdem speichern möchten.",
    ),
    (
        "Mend them first; a pack with mistakes decides nothing.",
        "Beheben Sie sie erst; ein Regelwerk mit Fehlern entscheidet nichts.",
    ),
    ("Save them, or take them back.", "Speichern Sie sie, oder nehmen Sie sie zurück."),
    ("Add a file with a decision first.", "Ergänzen Sie erst eine Datei mit einer Entscheidung."),
    ("Correct them first.", "Berichtigen Sie sie erst."),
    (
        "Read the files again; your unsaved changes are kept where they still fit.",
        "Lesen Sie die Dateien neu; Ihre ungespeicherten Änderungen bleiben, wo sie noch passen.",
    ),
    ("Write a word of letters, digits, `-` and `_`.", "Schreiben Sie ein Wort aus Buchstaben, Ziffern, `-` und `_`."),
    # spreadsheets
    ("The table has: {names:words}.", "Die Tabelle der Regeln hat: {names}."),
    ("Columns are added in the rule file.", "Spalten werden in der Regeldatei ergänzt."),
    (
        "Add and remove rows in the rule file, or give the table a column `id` first.",
        "Ergänzen und entfernen Sie Zeilen in der Regeldatei, oder geben Sie der Tabelle erst eine Spalte `id`.",
    ),
    ("Give each row an id of its own.", "Geben Sie jeder Zeile eine eigene Kennung."),
    (
        "Format the column as text in the spreadsheet, and write the value there again.",
        "Formatieren Sie die Spalte in der Tabellenkalkulation als Text, und schreiben Sie den Wert noch einmal.",
    ),
    ("Write all of its digits.", "Schreiben Sie alle Stellen."),
    ("Write `{text}` if it is.", "Schreiben Sie `{text}`, wenn es eine ist."),
    ("Keep one table in it.", "Lassen Sie eine Tabelle darin."),
    ("Save it as .xlsx again.", "Speichern Sie sie noch einmal als .xlsx."),
    ("Save it as CSV again.", "Speichern Sie sie noch einmal als CSV."),
    (
        "A larger budget does not help: facts are fractions. Ask for a range, or round what is compared.",
        "Ein größeres Budget hilft nicht: Angaben sind Brüche. Fragen Sie nach einem Bereich, oder runden Sie, was "
        "verglichen wird.",
    ),
)
