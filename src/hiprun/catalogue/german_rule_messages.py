"""What problems say of what rules, facts and tables mean, in German; and what the workbench says of what is done."""

from __future__ import annotations

from hiprun.catalogue.sentences import Form

MESSAGES: tuple[Form, ...] = (
    # names
    ("There is nothing called `{name}`.", "Nichts heißt `{name}`."),
    (
        "There is nothing called `{name}`; a number is needed here.",
        "Nichts heißt `{name}`; hier ist eine Zahl nötig.",
    ),
    ("There is no fact called `{name}`.", "Es gibt keine Angabe `{name}`."),
    ("There is no decision called `{name}`.", "Es gibt keine Entscheidung `{name}`."),
    ("There is no patient called `{name}`.", "Es gibt keinen Patienten `{name}`."),
    ("There is no statement called `{name}`.", "Es gibt keine Aussage `{name}`."),
    (
        "`{name}` is cited, but the pack has no statements.",
        "`{name}` wird als Beleg genannt, aber das Regelwerk hat keine Aussagen.",
    ),
    ("There is no {what:what} `{name}`.", "Das gibt es nicht: {what} `{name}`."),
    ("There is no {what:what} called `{name}`.", "Das gibt es nicht: {what} `{name}`."),
    ("There is already a {what:what} `{name}`.", "Das gibt es schon: {what} `{name}`."),
    ("`{name}` has no rule `{rule}`.", "`{name}` hat keine Regel `{rule}`."),
    ("`{name}` has no rule called `{rule}`.", "`{name}` hat keine Regel `{rule}`."),
    (
        "The decision `{decision}` has no output called `{name}`.",
        "Die Entscheidung `{decision}` hat keine Ausgabe `{name}`.",
    ),
    ("This decision has no output called `{name}`.", "Diese Entscheidung hat keine Ausgabe `{name}`."),
    ("`{decision}` has no output called `{name}`.", "`{decision}` hat keine Ausgabe `{name}`."),
    (
        "`{name}` is neither a fact nor an output of this decision.",
        "`{name}` ist weder eine Angabe noch eine Ausgabe dieser Entscheidung.",
    ),
    (
        "`{name}` follows from other facts and cannot be given.",
        "`{name}` folgt aus anderen Angaben und kann nicht angegeben werden.",
    ),
    ("`{choice}` is not one of the choices of `{name}`.", "`{choice}` ist keine der Antworten von `{name}`."),
    ("{value:value} is not a fact of this pack.", "{value} ist keine Angabe dieses Regelwerks."),
    (
        "`{name}` is a parameter; it is the same for every patient.",
        "`{name}` ist eine Einstellung; sie ist für alle Patienten gleich.",
    ),
    ("`{name}` is a decision, not a fact.", "`{name}` ist eine Entscheidung, keine Angabe."),
    ("`{name}` cannot be expected of `{decision}`.", "`{name}` kann von `{decision}` nicht erwartet werden."),
    ("No outcome has the status {value:value}.", "Kein Ergebnis hat den Status {value}."),
    (
        "`{name}` is given under `facts` and removed here.",
        "`{name}` ist unter `facts` angegeben und wird hier entfernt.",
    ),
    (
        "`{decision}` collects any number of items, so `{output}` has no single value to ask about.",
        "`{decision}` zählt beliebig viel auf; `{output}` hat daher keinen einzelnen Wert, nach dem sich fragen lässt.",
    ),
    ("There is no stage called `{name}`.", "Es gibt keine Stufe `{name}`."),
    ("There is no activity called `{name}`.", "Es gibt keine Tätigkeit `{name}`."),
    ("There is no measure called `{name}`.", "Es gibt kein Maß `{name}`."),
    ("There is no kind of entry called `{name}`.", "Es gibt keine Art von Eintrag `{name}`."),
    ("There are no limits called `{name}`.", "Es gibt keine Grenzen `{name}`."),
    ("`{entry}` has no field called `{name}`.", "`{entry}` hat kein Feld `{name}`."),
    ("Nothing is expected of this quantity.", "Von dieser Größe wird nichts erwartet."),
    (
        "A constraint is about facts, but this one depends on `{name}`, the outcome of a decision.",
        "Eine Bedingung handelt von Angaben; diese hängt aber von `{name}` ab, dem Ergebnis einer Entscheidung.",
    ),
    (
        "The id `{name}` already belongs to a rule that follows from a stage.",
        "Die Kennung `{name}` gehört schon einer Regel, die aus einer Stufe folgt.",
    ),
    (
        "`{name}` is a choice, so it cannot also be a group.",
        "`{name}` ist eine Antwort und kann daher nicht auch eine Gruppe sein.",
    ),
    (
        "`{name}` is a fact and also an output of this decision.",
        "`{name}` ist eine Angabe und auch eine Ausgabe dieser Entscheidung.",
    ),
    # choices, types and ranges
    ("`{name}` has no choice called {value:value}.", "`{name}` hat keine Antwort {value}."),
    ("`{name}` has only one choice.", "`{name}` hat nur eine Antwort zur Auswahl."),
    (
        "`{name}` has the type `{type}` but no choices.",
        "`{name}` hat die Art `{type}`, aber keine Antworten zur Auswahl.",
    ),
    ("`{name}` is {type:type}, not {value:value}.", "`{name}` ist {type}, nicht {value}."),
    (
        "`{name}` is compared with one value here, not with a list.",
        "`{name}` wird hier mit einem Wert verglichen, nicht mit einer Liste.",
    ),
    (
        "`{name}` is compared with one value here, not with a range such as `{range}`.",
        "`{name}` wird hier mit einem Wert verglichen, nicht mit einem Bereich wie `{range}`.",
    ),
    (
        "`{name}` can have several choices at once, so it is never just `{choice}`.",
        "`{name}` kann mehrere Antworten zugleich haben und ist daher nie nur `{choice}`.",
    ),
    ("A number is needed here, not {value:value}.", "Hier ist eine Zahl nötig, nicht {value}."),
    ("A list of values is needed here, not {value:value}.", "Hier ist eine Liste von Werten nötig, nicht {value}."),
    ("Text is needed here, not {value:value}.", "Hier ist ein Text nötig, nicht {value}."),
    ("A date is needed here, not {value:value}.", "Hier ist ein Datum nötig, nicht {value}."),
    ("There is no {date} in the calendar.", "Den Tag {date} gibt es im Kalender nicht."),
    (
        "`{name}` ranges from {low} to {high}; {value} is outside that range.",
        "`{name}` geht von {low} bis {high}; {value} liegt außerhalb.",
    ),
    (
        "`{name}` ranges from {low} to {high}, but this can be anything from {least} to {most}.",
        "`{name}` geht von {low} bis {high}, aber das hier kann alles von {least} bis {most} sein.",
    ),
    (
        "`{name}` is from {low} to {high}, but this can be from {least} to {most}.",
        "`{name}` geht von {low} bis {high}, aber das hier kann von {least} bis {most} gehen.",
    ),
    (
        "`{name}` ranges from {low} to {high}, but this field can have values outside that range.",
        "`{name}` geht von {low} bis {high}, aber dieses Feld kann Werte außerhalb davon haben.",
    ),
    (
        "The range of `{name}` begins at {low} but ends at {high}, which is lower.",
        "Der Bereich von `{name}` beginnt bei {low}, endet aber bei {high}, und das ist weniger.",
    ),
    ("Nothing lies between {low:value} and {high:value}.", "Zwischen {low} und {high} liegt nichts."),
    (
        "The upper limit is below the lower one, so no value can meet both.",
        "Die obere Grenze liegt unter der unteren; kein Wert kann beide einhalten.",
    ),
    ("`{name}` is a whole number, so it is never {value}.", "`{name}` ist eine ganze Zahl und daher nie {value}."),
    (
        "`{name}` is a whole number, and so are the ends of its range.",
        "`{name}` ist eine ganze Zahl, und das sind auch die Enden ihres Bereichs.",
    ),
    (
        "`{name}` must be a whole number, and this might not be one.",
        "`{name}` muss eine ganze Zahl sein, und das hier ist vielleicht keine.",
    ),
    (
        "`{name}` is {type:type}, so `worse` must be `{up}` or `{down}`, not `{word}`.",
        "`{name}` ist {type}; `worse` muss daher `{up}` oder `{down}` sein, nicht `{word}`.",
    ),
    ("`{name}` is {type:type} and has no {key:words}.", "`{name}` ist {type}; `{key}` passt dazu nicht."),
    (
        "`{key}` is for the type `{kind}`, but `{name}` is {type:type}.",
        "`{key}` ist für die Art `{kind}`, aber `{name}` ist {type}.",
    ),
    (
        "`{key}` is for the types {kinds:names}, but `{name}` is {type:type}.",
        "`{key}` ist für die Arten {kinds}, aber `{name}` ist {type}.",
    ),
    (
        "Numbers are shown with 0 to {most} decimals, not {number}.",
        "Zahlen werden mit 0 bis {most} Nachkommastellen gezeigt, nicht mit {number}.",
    ),
    ("`{name}` must be from {low} to {high}.", "`{name}` muss von {low} bis {high} sein."),
    (
        "This can be a day outside the calendar, which has the years 1 to 9999.",
        "Das kann ein Tag außerhalb des Kalenders sein, der von Jahr 1 bis 9999 geht.",
    ),
    (
        "No fact and no output has a choice called `{name}`.",
        "Keine Angabe und keine Ausgabe hat eine Antwort `{name}`.",
    ),
    (
        "`{group}` is a group with choices that `{name}` does not have: {names:names}.",
        "`{group}` ist eine Gruppe mit Antworten, die `{name}` nicht hat: {names}.",
    ),
    (
        "These values cannot be set together: {values:words}",
        "Diese Werte lassen sich nicht zusammen einstellen: {values}",
    ),
    # conditions and formulas
    (
        "`{test}` cannot be used with `{name}`, which is {type:type}.",
        "`{test}` lässt sich mit `{name}` nicht verwenden; das ist {type}.",
    ),
    (
        "`{test}` asks whether a decision found an answer, but `{name}` is not an output of a decision.",
        "`{test}` fragt, ob eine Entscheidung eine Antwort hat; `{name}` ist aber keine Ausgabe einer Entscheidung.",
    ),
    (
        "`{test}` compares by order, but the choices of `{name}` have none.",
        "`{test}` vergleicht der Reihenfolge nach, aber die Antworten von `{name}` haben keine.",
    ),
    (
        "There are {number} conditions here, so this never holds.",
        "Hier stehen {number} Bedingungen; das trifft daher nie zu.",
    ),
    (
        "There are {number} conditions here, so this always holds.",
        "Hier stehen {number} Bedingungen; das trifft daher immer zu.",
    ),
    ("`{name}` depends on itself: {path:names}.", "`{name}` hängt von sich selbst ab: {path}."),
    (
        "`{name}` is {type:type}; a number is needed here.",
        "`{name}` ist {type}; hier ist eine Zahl nötig.",
    ),
    ("`{name}` is not a number.", "`{name}` ist keine Zahl."),
    (
        "There is no `+`, `-`, `*` or `/` before `{word}`.",
        "Vor `{word}` fehlt `+`, `-`, `*` oder `/`.",
    ),
    ("This parenthesis is not closed.", "Diese Klammer wird nicht geschlossen."),
    (
        "The formula ends where a number or a name is expected.",
        "Die Formel endet, wo eine Zahl oder ein Name stehen müsste.",
    ),
    ("`{sign}` has no meaning here.", "`{sign}` hat hier keine Bedeutung."),
    ("`{sign}` has no meaning in a formula.", "`{sign}` hat in einer Formel keine Bedeutung."),
    ("This can divide by zero.", "Hier kann durch null geteilt werden."),
    ("This divides by zero.", "Hier wird durch null geteilt."),
    ("This can be a number with endless decimals.", "Das kann eine Zahl mit endlos vielen Nachkommastellen sein."),
    (
        "`{name}` is measured in {unit:words}, but this {other:measured}.",
        "`{name}` wird in {unit} gemessen, aber das hier {other}.",
    ),
    ("`{name}` has no unit, but this is in {unit:words}.", "`{name}` hat keine Einheit, aber das hier ist in {unit}."),
    (
        "One side of `{sign}` is {one:side}, the other {other:side}.",
        "Eine Seite von `{sign}` ist {one}, die andere {other}.",
    ),
    (
        "`{name}` is a group of choices, which `{test}` cannot compare `{fact}` with.",
        "`{name}` ist eine Gruppe von Antworten; damit kann `{test}` `{fact}` nicht vergleichen.",
    ),
    (
        "`{function}` takes {number} numbers or more, not {given}.",
        "`{function}` braucht mindestens {number} Zahlen, nicht {given}.",
    ),
    ("This is a power of a power.", "Das ist eine Potenz einer Potenz."),
    ("There is no function called `{name}`.", "Es gibt keine Funktion `{name}`."),
    ("A date has no `{sign}`.", "Mit einem Datum geht `{sign}` nicht."),
    ("`{function}` compares a date with a number.", "`{function}` vergleicht ein Datum mit einer Zahl."),
    ("`{name}` takes a date here.", "`{name}` braucht hier ein Datum."),
    ("`{name}` takes a number here, not a date.", "`{name}` braucht hier eine Zahl, kein Datum."),
    ("`{name}` is a number, and this is a date.", "`{name}` ist eine Zahl, und das hier ist ein Datum."),
    ("`{name}` is a date, and this is a number.", "`{name}` ist ein Datum, und das hier ist eine Zahl."),
    (
        "`{function}` takes a whole number, and this might not be one.",
        "`{function}` braucht eine ganze Zahl, und das hier ist vielleicht keine.",
    ),
    (
        "`hit: {policy}` works on numbers, but `{name}` is {type:type}.",
        "`hit: {policy}` rechnet mit Zahlen, aber `{name}` ist {type}.",
    ),
    (
        "Only numbers can be limited, and `{name}` is {type:type}.",
        "Nur Zahlen lassen sich begrenzen, und `{name}` ist {type}.",
    ),
    (
        "Under `hit: {policy}`, a value must not depend on the patient.",
        "Bei `hit: {policy}` darf ein Wert nicht vom Patienten abhängen.",
    ),
    # decisions, tables and rules
    ("This rule does not say what follows from it.", "Diese Regel sagt nicht, was aus ihr folgt."),
    ("No value is given for {names:names}.", "Ein Wert fehlt für {names}."),
    (
        "An answer needs a value for every output; {names:names} is missing.",
        "Eine Antwort braucht einen Wert für jede Ausgabe; es fehlt {names}.",
    ),
    (
        "`{name}` has no value when only this rule matches.",
        "`{name}` hat keinen Wert, wenn nur diese Regel zutrifft.",
    ),
    (
        "A rule without a condition always matches, so this is never reached.",
        "Eine Regel ohne Bedingung trifft immer zu; das hier kommt daher nie an die Reihe.",
    ),
    (
        "Under `hit: {policy}`, the answer is {answer:without_match} when no rule matches.",
        "Bei `hit: {policy}` ist die Antwort {answer}, wenn keine Regel zutrifft.",
    ),
    (
        "This rule is never reached: under `hit: {policy}`, `{rule}` before it always matches.",
        "Diese Regel kommt nie an die Reihe: Bei `hit: {policy}` trifft `{rule}` davor immer zu.",
    ),
    ("Under `hit: {policy}`, rules are only counted.", "Bei `hit: {policy}` werden Regeln nur gezählt."),
    (
        "This row has {cells} cells, but the table has {columns} columns.",
        "Diese Zeile hat {cells} Zellen, aber die Tabelle hat {columns} Spalten.",
    ),
    (
        "This table asks about nothing: no column is a fact.",
        "Diese Tabelle fragt nach nichts: Keine Spalte ist eine Angabe.",
    ),
    (
        "`hit: {policy}` ranks outputs, but nothing says which value of `{name}` is worse.",
        "`hit: {policy}` vergleicht Ausgaben, aber nichts sagt, welcher Wert von `{name}` schlimmer ist.",
    ),
    # citations and translations
    (
        "This rule does not say which statement of the guidance it is based on.",
        "Diese Regel sagt nicht, auf welcher Aussage der Anleitung sie beruht.",
    ),
    (
        "`{name}` does not say which statement of the guidance it is based on.",
        "`{name}` sagt nicht, auf welcher Aussage der Anleitung es beruht.",
    ),
    ("No rule cites the statement `{name}`.", "Keine Regel beruft sich auf die Aussage `{name}`."),
    ("The pack has no text at `{path}`.", "Das Regelwerk hat keinen Text unter `{path}`."),
    ("This translation lacks {names:names}.", "Dieser Übersetzung fehlt {names}."),
    ("This translation has {names:names} too many.", "Diese Übersetzung hat {names} zu viel."),
    ("In `{language}`, 1 text has no translation: {paths:names}.", "In `{language}` fehlt 1 Text: {paths}."),
    (
        "In `{language}`, {number} texts have no translation: {paths:names}.",
        "In `{language}` fehlen {number} Texte: {paths}.",
    ),
    (
        "In `{language}`, 1 text has a translation of an earlier text, which is not shown: {paths:names}.",
        "In `{language}` übersetzt 1 Text einen früheren Wortlaut und wird nicht gezeigt: {paths}.",
    ),
    (
        "In `{language}`, {number} texts have a translation of an earlier text, which is not shown: {paths:names}.",
        "In `{language}` übersetzen {number} Texte einen früheren Wortlaut und werden nicht gezeigt: {paths}.",
    ),
    ("This `{sign}` belongs to no placeholder.", "Dieses `{sign}` gehört zu keinem Platzhalter."),
    ("`{text}` is not a placeholder.", "`{text}` ist kein Platzhalter."),
    ("A value cannot be shown as `{form}`.", "Ein Wert lässt sich nicht als `{form}` zeigen."),
    (
        "`{name}` depends on the patient, but this text is also shown without one.",
        "`{name}` hängt vom Patienten ab, aber dieser Text wird auch ohne einen gezeigt.",
    ),
    (
        "`{name}` is {type:type}, which cannot be shown within a text.",
        "`{name}` ist {type}; das lässt sich in einem Text nicht zeigen.",
    ),
    ("`{name}` is {type:type} and not a number.", "`{name}` ist {type} und keine Zahl."),
    ("The pack itself is written in `{language}`.", "Das Regelwerk selbst ist in `{language}` geschrieben."),
    ("Met and unmet are both called `{word}`.", "Erfüllt und nicht erfüllt heißen beide `{word}`."),
    (
        "`{path}` is in another file of `{language}` already.",
        "`{path}` steht schon in einer anderen Datei für `{language}`.",
    ),
    (
        "`{name}` is true or false, and what is said has to differ.",
        "`{name}` ist wahr oder falsch, und was gesagt wird, muss verschieden sein.",
    ),
    ("`say` has no text for {names:names}.", "Unter `say` fehlt ein Text für {names}."),
    (
        "This is said of every value of `{name}`, but does not show which one it is.",
        "Das wird von jedem Wert von `{name}` gesagt, zeigt aber nicht, welcher es ist.",
    ),
    ("`{name}` needs version 2 of the language.", "`{name}` braucht Version 2 der Regelsprache."),
    ("Units are declared in version 2 of the language.", "Einheiten werden in Version 2 der Regelsprache festgelegt."),
    (
        "This version of hiprun reads versions 1 and 2 of the rule language, not {number}.",
        "Diese Version von hiprun liest die Versionen 1 und 2 der Regelsprache, nicht {number}.",
    ),
    # facts that somebody gives
    ("`{name}`: {what:own}", "`{name}`: {what}"),
    ("There are more than these {number} mistakes.", "Es gibt mehr als diese {number} Fehler."),
    (
        "These facts cannot occur together. {reason:impossible}",
        "Diese Angaben können nicht zusammen vorkommen. {reason}",
    ),
    # the workbench
    ("It needs a name.", "Ein Name ist nötig."),
    ("The pack has no such file.", "Diese Datei hat das Regelwerk nicht."),
    ("There is no such file of cases.", "Diese Datei mit Fällen gibt es nicht."),
    ("There is no entry at line {line} of {file:words}.", "In Zeile {line} von {file} steht kein Eintrag."),
    ("The book has no such page.", "Diese Seite hat das Buch nicht."),
    (
        "While the rules have mistakes, they are changed as text.",
        "Solange die Regeln Fehler haben, werden sie als Text geändert.",
    ),
    ("This has changed since the page was made.", "Das hat sich geändert, seit die Seite gemacht wurde."),
    ("{number} case would fail.", "{number} Fall stimmt dann nicht."),
    ("{number} cases would fail.", "{number} Fälle stimmen dann nicht."),
    ("There is no such version of this pack.", "Diese Version des Regelwerks gibt es nicht."),
    ("The rules have mistakes and are not saved.", "Die Regeln haben Fehler und werden nicht gespeichert."),
    ("There are unsaved changes.", "Es gibt ungespeicherte Änderungen."),
    ("Nothing has been saved yet.", "Es ist noch nichts gespeichert."),
    ("These rules decide nothing yet.", "Diese Regeln entscheiden noch nichts."),
    ("Some answers cannot be read.", "Einige Antworten sind nicht lesbar."),
    ("`{path}` is not a folder.", "`{path}` ist kein Ordner."),
    (
        "{file:words} and {number} more have been changed by somebody else since they were read.",
        "{file} und {number} weitere wurden von jemand anderem geändert, seit sie gelesen wurden.",
    ),
    (
        "{file:words} has been changed by somebody else since it was read.",
        "{file} wurde von jemand anderem geändert, seit es gelesen wurde.",
    ),
    (
        "`{decision}` is not written as a list of rules, so none can be added to it.",
        "`{decision}` ist nicht als Liste von Regeln geschrieben; daher lässt sich keine hinzufügen.",
    ),
    ("`{name}` cannot be the name of a file of cases.", "`{name}` kann nicht der Name einer Datei mit Fällen sein."),
    # spreadsheets
    ("The sheet has no column `{name}`.", "Die Tabelle aus der Tabellenkalkulation hat keine Spalte `{name}`."),
    ("The table has no column `{name}`.", "Die Tabelle der Regeln hat keine Spalte `{name}`."),
    (
        "The sheet has {rows} rows and the table has {number}.",
        "Die Tabelle aus der Tabellenkalkulation hat {rows} Zeilen, die der Regeln {number}.",
    ),
    ("The sheet has two rows with the id `{name}`.", "Zwei Zeilen haben die Kennung `{name}`."),
    ("{cell:words}, column `{column}`: {what:doubt}", "{cell}, Spalte `{column}`: {what}"),
    ("The file is too large.", "Die Datei ist zu groß."),
    ("The workbook is too large.", "Die Arbeitsmappe ist zu groß."),
    ("The file is no workbook.", "Die Datei ist keine Arbeitsmappe."),
    (
        "For `{name}`, only patients were found with numbers that are no fractions, so this does not count as proved.",
        "Für `{name}` wurden nur Patienten mit Zahlen gefunden, die keine Brüche sind; bewiesen ist das daher nicht.",
    ),
)
