"""What problems say of how files are written, in German: each message in English, and the same in German."""

from __future__ import annotations

from hiprun.catalogue.sentences import Form

MESSAGES: tuple[Form, ...] = (
    # characters and YAML
    ("This line is indented with a tab.", "Diese Zeile ist mit einem Tabulator eingerückt."),
    (
        "There is an invisible character here ({character:words}).",
        "Hier steht ein unsichtbares Zeichen ({character}).",
    ),
    (
        "This text contains an invisible character ({character:words}).",
        "Dieser Text enthält ein unsichtbares Zeichen ({character}).",
    ),
    ("This is not an ordinary space ({character:words}).", "Das ist kein gewöhnliches Leerzeichen ({character})."),
    (
        "Curly quotes do not work as quotes here.",
        "Typografische Anführungszeichen gelten hier nicht als Anführungszeichen.",
    ),
    (
        "Curly quotes do not work as quotes here; they would become part of the text.",
        "Typografische Anführungszeichen gelten hier nicht als Anführungszeichen; sie würden Teil des Textes.",
    ),
    ("There is nothing in this file.", "In dieser Datei steht nichts."),
    (
        "The file begins with a list; its first line should say what it contains.",
        "Die Datei beginnt mit einer Liste; ihre erste Zeile sollte sagen, was sie enthält.",
    ),
    (
        "The file contains a single piece of text; its first line should say what it contains.",
        "Die Datei besteht aus einem einzigen Text; ihre erste Zeile sollte sagen, was sie enthält.",
    ),
    (
        "This line does not line up with any of the lines above.",
        "Diese Zeile beginnt in keiner Spalte der Zeilen darüber.",
    ),
    (
        "This line is indented further than line {line}, which already has its value.",
        "Diese Zeile ist weiter eingerückt als Zeile {line}, die schon ihren Wert hat.",
    ),
    ("There is no space after the colon of `{name}`.", "Nach dem Doppelpunkt von `{name}` fehlt ein Leerzeichen."),
    ("There is no space after the dash.", "Nach dem Strich fehlt ein Leerzeichen."),
    (
        "This line is neither `name: value` nor an entry of a list.",
        "Diese Zeile ist weder `name: wert` noch ein Eintrag einer Liste.",
    ),
    ("A name is missing before the colon.", "Vor dem Doppelpunkt fehlt ein Name."),
    (
        "The lines above are entries of a list; this line is not.",
        "Die Zeilen darüber sind Einträge einer Liste; diese Zeile ist keiner.",
    ),
    (
        "A list entry follows on the lines below, but all of this is read as one long text.",
        "Darunter folgt ein Eintrag einer Liste, aber all das wird als ein langer Text gelesen.",
    ),
    ("There is a list entry among names here.", "Hier steht ein Eintrag einer Liste zwischen Namen."),
    (
        "A list with dashes begins on a line of its own.",
        "Eine Liste mit Strichen beginnt in einer eigenen Zeile.",
    ),
    (
        "Text without quotes cannot contain a colon followed by a space.",
        "Text ohne Anführungszeichen darf keinen Doppelpunkt mit einem Leerzeichen danach enthalten.",
    ),
    (
        "Inside braces, a comma ends the text, so this is read as another name.",
        "In geschweiften Klammern beendet ein Komma den Text; daher wird das als weiterer Name gelesen.",
    ),
    ("A comma or `{bracket}` is expected here.", "Hier müsste ein Komma oder `{bracket}` stehen."),
    ("A value is expected before `{sign}`.", "Vor `{sign}` müsste ein Wert stehen."),
    ("There are several values here without brackets.", "Hier stehen mehrere Werte ohne Klammern."),
    ("This `{bracket}` is not closed.", "Dieses `{bracket}` wird nicht geschlossen."),
    ("`{bracket}` closes nothing.", "`{bracket}` schließt nichts."),
    (
        "A list or a mapping cannot come before a colon.",
        "Vor einem Doppelpunkt kann keine Liste und keine Klammer stehen.",
    ),
    ("This quote is not closed.", "Dieses Anführungszeichen wird nicht geschlossen."),
    ("The value goes on after the closing quote.", "Der Wert geht nach dem schließenden Anführungszeichen weiter."),
    ("The file goes on after its content has ended.", "Die Datei geht nach dem Ende ihres Inhalts weiter."),
    ("Text cannot begin with this character.", "Text kann nicht mit diesem Zeichen beginnen."),
    ("Text cannot begin with `&` or `*`.", "Text kann nicht mit `&` oder `*` beginnen."),
    ("Text cannot begin with `!`.", "Text kann nicht mit `!` beginnen."),
    ("Lines that begin with `%` have no meaning here.", "Zeilen, die mit `%` beginnen, haben hier keine Bedeutung."),
    (
        "`---` begins a second document here; one file contains only one.",
        "`---` beginnt hier ein zweites Dokument; eine Datei enthält nur eines.",
    ),
    (
        "`{sign}` begins a block of text here, and such a block starts on the next line.",
        "`{sign}` beginnt hier einen Textblock, und so ein Block fängt in der nächsten Zeile an.",
    ),
    ("A word that begins with `!` is not text.", "Ein Wort, das mit `!` beginnt, ist kein Text."),
    (
        "`{sign}` shares a value between places, which is not allowed here.",
        "`{sign}` teilt einen Wert zwischen Stellen; das geht hier nicht.",
    ),
    ("This is {kind:not_text}, not plain text.", "Das ist {kind}, kein einfacher Text."),
    ("This file is saved as UTF-16, not as UTF-8.", "Diese Datei ist als UTF-16 gespeichert, nicht als UTF-8."),
    ("This character is not saved as UTF-8.", "Dieses Zeichen ist nicht als UTF-8 gespeichert."),
    (
        "This character is not saved as UTF-8; it was probably meant as `{sign}`.",
        "Dieses Zeichen ist nicht als UTF-8 gespeichert; gemeint war wohl `{sign}`.",
    ),
    (
        "The name of this file ends in `.txt`, so it is not read.",
        "Der Name dieser Datei endet auf `.txt`; daher wird sie nicht gelesen.",
    ),
    # values
    ("`{text}` is neither `true` nor `false`.", "`{text}` ist weder `true` noch `false`."),
    ("A value is missing here.", "Hier fehlt ein Wert."),
    (
        "`{text}` means no value, which rule files do not allow.",
        "`{text}` bedeutet keinen Wert, und das geht in Regeldateien nicht.",
    ),
    (
        "`{text}` is not a number in the notation of these files.",
        "`{text}` ist keine Zahl, wie sie in diesen Dateien geschrieben wird.",
    ),
    (
        "This number is too long; at most {number} digits are allowed.",
        "Diese Zahl ist zu lang; höchstens {number} Stellen sind erlaubt.",
    ),
    (
        "Comparisons are written as words here, not as `{sign}`.",
        "Vergleiche werden hier als Wörter geschrieben, nicht als `{sign}`.",
    ),
    ("`{name}` is already here, on line {line}.", "`{name}` steht hier schon, in Zeile {line}."),
    ("`{name}` is already here.", "`{name}` steht hier schon."),
    ("`{name}` is not a name.", "`{name}` ist kein Name."),
    (
        "This name contains a space or an invisible character.",
        "Dieser Name enthält ein Leerzeichen oder ein unsichtbares Zeichen.",
    ),
    # what a file may contain
    ("`{name}` is not a kind of rule file.", "`{name}` ist keine Art von Regeldatei."),
    (
        "`{name}` says what this file contains, so it must come first.",
        "`{name}` sagt, was diese Datei enthält, und muss daher zuerst kommen.",
    ),
    ("This file has no content.", "Diese Datei hat keinen Inhalt."),
    ("`{name}` has no meaning in {whole:within}.", "`{name}` hat in {whole} keine Bedeutung."),
    ("{subject:subject} lacks `{name}`.", "{subject}: Hier fehlt `{name}`."),
    (
        "{subject:subject} must be {types:types}, not {value:value}.",
        "{subject}: Hier gehört {types} hin; es steht da: {value}.",
    ),
    ("{subject:subject} cannot be {value:value}.", "{subject}: Hier geht nicht: {value}."),
    ("{subject:subject} is empty.", "{subject} ist leer."),
    (
        "{subject:subject} needs exactly {bound} entries and has {number}.",
        "{subject} braucht genau {bound} Einträge und hat {number}.",
    ),
    (
        "{subject:subject} needs at least {bound} entries and has {number}.",
        "{subject} braucht mindestens {bound} Einträge und hat {number}.",
    ),
    ("`{name}` is not allowed here.", "`{name}` ist hier nicht erlaubt."),
    ("`{name}` cannot be {noun:noun}.", "`{name}` kann {noun} sein."),
    ("`{name}` cannot be the name of this.", "`{name}` kann nicht der Name davon sein."),
    (
        "Lists and names are nested more than {number} deep here.",
        "Listen und Namen sind hier mehr als {number}-fach verschachtelt.",
    ),
    (
        "`{name}` is more than {number} steps away from the facts it follows from.",
        "`{name}` ist mehr als {number} Schritte von den Angaben entfernt, aus denen es folgt.",
    ),
    ("This file contains more than {number} values.", "Diese Datei enthält mehr als {number} Werte."),
    ("This file is larger than {number} bytes.", "Diese Datei ist größer als {number} Bytes."),
    # the pack
    ("No file in this folder says which pack it is.", "Keine Datei in diesem Ordner sagt, welches Regelwerk das ist."),
    (
        "A folder is one pack, and {file:words} already says which.",
        "Ein Ordner ist ein Regelwerk, und {file} sagt schon, welches.",
    ),
    ("There is no folder `{path}`.", "Es gibt keinen Ordner `{path}`."),
    ("There are no rule files in `{path}`.", "In `{path}` gibt es keine Regeldateien."),
    (
        "Reading stops here: this file has {number} mistakes so far.",
        "Hier wird nicht weitergelesen: Diese Datei hat bis hierher {number} Fehler.",
    ),
    (
        "Reading stops here: there are {number} mistakes so far.",
        "Hier wird nicht weitergelesen: Bis hierher gibt es {number} Fehler.",
    ),
    (
        "Reading stops here: there are more than {number} mistakes so far.",
        "Hier wird nicht weitergelesen: Bis hierher gibt es mehr als {number} Fehler.",
    ),
    (
        "The word `{name}` has a meaning of its own in rule files and cannot be a name.",
        "Das Wort `{name}` hat in Regeldateien eine eigene Bedeutung und kann kein Name sein.",
    ),
    (
        "The name `{name}` is already taken by {other:taken} ({file:words}, line {line}).",
        "Der Name `{name}` ist schon vergeben, an {other} ({file}, Zeile {line}).",
    ),
    (
        "The name `{name}` is already taken by {other:taken} (line {line}).",
        "Der Name `{name}` ist schon vergeben, an {other} (Zeile {line}).",
    ),
    (
        "The name `{name}` is already taken ({file:words}, line {line}).",
        "Der Name `{name}` ist schon vergeben ({file}, Zeile {line}).",
    ),
    (
        "The id `{name}` is already taken by {other:taken} ({file:words}, line {line}).",
        "Die Kennung `{name}` ist schon vergeben, an {other} ({file}, Zeile {line}).",
    ),
    (
        "The id `{name}` is already taken by {other:taken} (line {line}).",
        "Die Kennung `{name}` ist schon vergeben, an {other} (Zeile {line}).",
    ),
    (
        "This row has no id and would be called `{name}`, which is taken (line {line}).",
        "Diese Zeile hat keine Kennung und hieße `{name}`; so heißt schon eine andere (Zeile {line}).",
    ),
    ("{value:value} appears here twice.", "{value} steht hier zweimal."),
    ("The column `{name}` appears here twice.", "Die Spalte `{name}` steht hier zweimal."),
)
