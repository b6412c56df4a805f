"""What can be wrong with a region's package, in words, and what to do about each."""

from collections.abc import Mapping

from services.msgids import _
from services.soundness.fault import RegionFault

# ---------------------------------------------------------------- tables and facts
UNREADABLE = _("This cannot be read as UTF-8 text of that form: %(why)s.")
UTF_16 = _("The file is not in UTF-8, but in UTF-16.")
SEMICOLONS = _("The values are parted by semicolons or tabs, not by commas.")
BOM_INSIDE = _("In the middle stands a byte order mark, which nobody sees.")
NO_KEY = _("No heading ends in *: the key of a row is not known.")
COLUMN_MISSING = _("The column %(column)s is missing.")
COLUMN_UNKNOWN = _("Nothing reads the column %(column)s; one for readers begins with _.")
COLUMN_OF_PLUGIN = _("Komek does not read the column %(column)s, at most a plugin does; one for readers begins with _.")
KEY_MISSPELT = _("Nothing reads %(key)s, and %(like)s is not there.")
COLUMN_TWICE = _("The column %(column)s is there twice.")
NOT_SO_MANY = _("The line has other than %(count)s values.")
TWICE = _("The key %(key)s is there twice.")
EMPTY = _("%(column)s is empty.")
NOT_ONE_OF = _("%(column)s is «%(value)s», and none of: %(known)s.")
NO_RULE = _("«%(value)s» is no rule of time.")
NO_TIME = _("«%(value)s» is no time of the form 09:00.")
BACKWARDS = _("It ends at %(value)s, before it begins or when.")
OVERLAP = _("On weekday %(weekday)s %(office)s has two spans that lie over each other.")
NO_NUMBER = _("«%(value)s» is no number.")
ONE_CLOCK = _("The rule is «%(value)s», and that of the step %(other)s «%(theirs)s»: the code %(code)s is one clock.")
NO_HOURS = _("The office %(office)s has no hours in hours.csv, nor has its kind %(kind)s.")
MISSING = _("%(key)s is missing.")
NO_PLACE = _("«%(value)s» is no place on earth: degrees, as 45.0156 and 78.3739.")
NO_ZONE = _("«%(value)s» is no time zone.")
NO_PATTERN = _("«%(value)s» is no pattern: %(why)s.")
NO_MAIL = _("«%(value)s» is no address of mail.")
NO_PHONE = _("«%(value)s» is no phone number of the form +77273123456.")
WORDS_MISSING = _("%(key)s is said in some languages, and not in: %(languages)s.")
NO_SENSE = _("%(key)s is %(value)s, and can be from %(least)s to %(most)s.")
OUT_OF_ORDER = _("%(value)s is not after %(other)s.")
BELOW_ITSELF = _("The office %(office)s stands below itself: nobody above is told of what is late there.")
BELOW_NO_BODY = _("The office %(office)s takes applications in, and stands below no body that decides them.")
OPENS_AND_LEAVES = _("The role %(role)s opens cases of the route %(route)s, and has no step on it.")
NEVER_STOPS = _("No step of the route %(route)s with a term ends the whole service's clock: it would never stop.")
NOT_WHOLE = _("«%(value)s» is no whole number, and what the unit counts is whole.")
OUTLASTS = _("The term of the step %(step)s, %(value)s, alone is longer than the whole service's %(days)s days.")
OUT_OF_HOURS = _("%(key)s is %(value)s, when no office is open.")
PARTLY_OUT_OF_HOURS = _("%(key)s is %(value)s, when %(office)s is not open on the weekdays %(days)s.")
NO_COMMON_DAY = _("%(office)s and its body %(body)s never work on one day: no courier goes between them.")
LINE_BREAK = _("%(column)s holds a line break or another sign that nobody sees.")
NO_TEXT = _("%(key)s is «%(value)s», which is no text.")
MARKUP = _("%(column)s holds «%(value)s»: it would be shown as it stands.")
NO_WORDS = _("%(column)s is «%(value)s», which is no word.")
OTHER_LANGUAGE = _("%(column)s is «%(value)s», in the letters of another language.")
TOO_MANY_LETTERS = _("%(column)s has %(letters)s letters, and has room for %(most)s.")
NOT_IN_ALL = _("%(column)s is said, and not in: %(languages)s.")
SAID_TWICE = _("%(column)s is «%(value)s», as it is of %(other)s: nobody can tell the two apart.")
ROLE_CANNOT = _("The step %(step)s is of the role %(role)s, which has no yes in the column %(column)s.")
NOBODY_DOES = _("No role has yes in the column %(column)s: no case could be worked on.")
TOLD_OF_ANYTHING = _(
    "The fact %(fact)s names the event %(event)s and neither step nor outcome: it is told at the first."
)
ENDS_AT_ONCE = _(
    "The first step of the route %(route)s, %(step)s, ends the whole service's clock: nothing would be late."
)
NO_OFFICE_NUMBER = _("«%(value)s» is no number of an office: no case of it could be numbered.")
NO_PART = _("No step of the route %(route)s has «%(part)s» in the column part.")
NO_GROUP = _("«%(value)s» names a group that the pattern does not have: %(why)s.")
NO_CLAUSE = _("No pattern of region.toml says the clause «%(value)s» in words.")
NO_ROUTES = _("service.routes is no list of names.")
OFFICE_TWICE = _("The number %(value)s of the kind %(kind)s is also that of %(other)s: cases would share numbers.")
TOLD_OTHERWISE = _("The fact %(fact)s has another text in line %(other)s, and that one is sent.")
TOO_LONG = _("%(column)s has %(letters)s letters: it is charged as %(parts)s messages.")
OTHER_ACT = _("A note in the diagram names the act № %(number)s, and region.toml does not: it is another region's.")

# ---------------------------------------------------------------- who does it
NOBODY_THERE = _("The role %(role)s is held at offices of the kind %(kind)s, and there is none.")
NOBODY_LEADS = _("Offices of the kind %(kind)s have no role that leads: nobody sees their board.")
NOBODY_CONTROLS = _("No role has yes in the column controls: nobody compares the offices.")
NOBODY_SIGNS = _("No role has yes in the column signs: no answer could go out.")
NO_BODY = _("There is no office of the kind body: nobody decides.")
STEP_UNDRAWN = _("No diagram of the route %(route)s has the step %(step)s.")
ROUTE_UNDRAWN = _("No diagram has a process with the id %(route)s: the route cannot be taken.")
DECISION_AWAY = _("The form of %(plugin)s asks the decision %(decision)s, and there is none.")
GROUND_AWAY = _("The decision %(decision)s refuses with the ground %(ground)s, which grounds.csv does not have.")

DRAWN = _("%(where)s: %(what)s")

# ---------------------------------------------------------------- papers, code, words
NO_FORM = _("There is no printed form documents/%(form)s.typ for the paper %(paper)s.")
NOT_SAID = _("The form asks for %(name)s, which its paper never says. Did you mean %(near)s?")
NOT_PRINTED = _("It cannot be printed: %(why)s.")
NOT_FOR_READERS = _("A screen reader could not read it aloud: %(why)s.")
NO_FILE_READS = _("Nothing reads this file. Did you mean %(near)s?")
TEMPLATES_STALE = _("The element templates do not offer what the package declares: %(ids)s.")
NOT_LOADED = _("The package cannot be loaded: %(why)s")
BEYOND = _("It imports %(name)s, which is not of the contract.")
UNSAID_IMPORT = _("It imports what it reckons when it runs.")
NO_LIMIT = _("The call %(called)s has no time limit: when the other side is silent, a worker waits with it.")
NO_PYTHON = _("This is no Python: %(why)s.")
UNTRANSLATED = _("Not translated, or not surely: %(count)s texts, the first is «%(first)s».")
NOT_COMPILED = _("There is no .mo beside it: its words are not read.")
NO_CASE_OF_ROUTE = _("No worked case is of the route %(route)s.")
NO_CASE_OF_DECISION = _("No worked case asks the decision %(decision)s.")
ROUTE_WITHOUT_CLAUSE = _("No step of the route %(route)s names a clause of the act.")
TIMED_WITHOUT_CLAUSE = _("The act is said to give the term of the step %(step)s, and no clause is named.")
NO_LIST_OF_CLAUSES = _("There is no list of the act's clauses: nobody can say what stands for them.")
NOTHING_STANDS = _("The clause %(clause)s asks for something, and nothing stands for it.")
CLAUSE_UNKNOWN = _("%(who)s names the clause %(clause)s, which the list does not have.")
NOT_SETTLED = _("Rows that nobody has confirmed, and that the act does not say: %(count)s; this is the first.")
NOT_TRIED = _("What komek.testing tries of a region was not recorded for this package.")
NOT_SEALED = _("The record of what was tried is not as it was written.")
TRIED_BEFORE = _("Files of the package were changed since it was tried on %(day)s.")
TRIED_WITH = _("It was tried on %(day)s with Komek %(then)s, and this is Komek %(now)s.")
NOT_PASSED = _("This was not tried, or did not pass: %(trial)s.")
NO_CASE = _("This is no worked case: %(why)s.")
CASE_OTHERWISE = _("The case «%(case)s»: %(what)s is %(found)s, and the case says %(said)s.")

_KNOWN = _("Write one of these, or add the missing row to its own table.")
_TRY = _("Run the region's tests: python -m pytest --komek-record; docs/plugin-authors.md tells how.")
_UTF_8 = _("Save it as UTF-8 text; a spreadsheet calls it «CSV UTF-8».")
_COLUMNS = _("Correct the heading; docs/plugin-authors.md lists the columns of each table.")
_FORM = _("Correct the form; documents/samples holds what it is printed with.")
#: of what is said elsewhere: services/law/shipped.py
_CORRECT = _("Correct it as docs/plugin-authors.md says.")
_CONTRACT = _("Import from services.plugin and services.errors alone, by name.")

#: what is wrong -> what to do
ADVICE: Mapping[str, str] = {
    UNREADABLE: _UTF_8,
    UTF_16: _UTF_8,
    SEMICOLONS: _("Save it with commas between the values, and quotes around a value that has a comma."),
    BOM_INSIDE: _("Delete the whole line and type it anew."),
    NO_KEY: _("Put a * behind the headings that together name a row."),
    COLUMN_MISSING: _COLUMNS,
    COLUMN_UNKNOWN: _COLUMNS,
    COLUMN_OF_PLUGIN: _COLUMNS,
    KEY_MISSPELT: _("Correct the key; docs/plugin-authors.md lists them. One for readers begins with _."),
    COLUMN_TWICE: _("Keep one of the two."),
    NOT_SO_MANY: _("Put as many commas as the heading has, and quotes around a value with a comma of its own."),
    TWICE: _("Keep one of the rows, or give the other a key of its own."),
    EMPTY: _("Fill it in."),
    NOT_ONE_OF: _KNOWN,
    NO_RULE: _("Write R-MIN(15), R-WD(8), R-TOTAL(10), R-REG or R-COUR, or leave it empty."),
    NO_TIME: _("Write it with two digits on each side of the colon."),
    BACKWARDS: _("Set the hours right; a break parts a day into two rows."),
    OVERLAP: _("Set the hours right; a break parts a day into two rows."),
    NO_NUMBER: _("Write it in digits, with a point before a fraction."),
    ONE_CLOCK: _("Give both the same rule, or the steps codes of their own."),
    NO_HOURS: _("Add rows to hours.csv for the office or for its kind."),
    MISSING: _("Add it; docs/plugin-authors.md says what it is."),
    NO_PLACE: _("Write degrees with a point, or leave both empty."),
    NO_ZONE: _("Write a name of the time zone database, as Asia/Almaty."),
    NO_PATTERN: _("Correct the regular expression."),
    NO_MAIL: _("Write one address, or leave it empty."),
    NO_PHONE: _("Write it with + and the country, several parted by ; and as the act prints it in phone_raw."),
    WORDS_MISSING: _("Add the words in that language."),
    NO_SENSE: _("Correct the value; the column unit says what it counts."),
    OUT_OF_ORDER: _("Set the two right: the earlier or smaller one comes first."),
    BELOW_ITSELF: _("Name the office above it in the column parent; the control office has none."),
    BELOW_NO_BODY: _("Name the body that decides its applications in the column parent."),
    OPENS_AND_LEAVES: _("Name the role of the route's first step in region.toml."),
    NEVER_STOPS: _("Write yes into the column ends_outer of the step by which the answer goes out."),
    NOT_WHOLE: _("Write a whole number; a smaller unit is not counted."),
    OUTLASTS: _("Correct the term or outer_limit_calendar_days: the act says which."),
    OUT_OF_HOURS: _("Name a time within hours.csv."),
    PARTLY_OUT_OF_HOURS: _(
        "Name a time at which all are open, or leave it: what falls due then is due at a closed door."
    ),
    NO_COMMON_DAY: _("Give the two a working day in common in hours.csv."),
    LINE_BREAK: _("Delete it; a longer text is one line."),
    NO_TEXT: _("Write it in quotes."),
    MARKUP: _("Write plain text."),
    NO_WORDS: _("Write the words."),
    OTHER_LANGUAGE: _("Look whether the columns were taken for each other, or a translation is missing."),
    TOO_MANY_LETTERS: _("Shorten it; what explains it belongs into note or help."),
    NOT_IN_ALL: _("Add the words in that language."),
    SAID_TWICE: _("Word one of them otherwise, or take it out."),
    ROLE_CANNOT: _("Write yes there, or give the step to the role that does it."),
    NOBODY_DOES: _("Write yes into that column of the role that does it."),
    TOLD_OF_ANYTHING: _("Name the step or the outcome that makes it true."),
    ENDS_AT_ONCE: _("Write yes into the column ends_outer of the step by which the answer goes out."),
    NO_OFFICE_NUMBER: _("Write up to three digits, or one capital Latin letter before them: 7, P7."),
    NO_PART: _("Write it into the step that does this; docs/plugin-authors.md says what each part is."),
    NO_GROUP: _("Name only groups in brackets that stand in the pattern, beginning with 1."),
    NO_CLAUSE: _("Add a pattern to [[clauses]] of region.toml, or correct the clause."),
    NO_ROUTES: _('Write it as routes = ["direct"].'),
    OFFICE_TWICE: _("Give the office a number of its own."),
    NOBODY_THERE: _("Add such an office to offices.csv, or hold the role at another kind."),
    NOBODY_LEADS: _("Write yes into the column leads of one role of that kind."),
    NOBODY_CONTROLS: _("Write yes into the column controls of a role at the control office."),
    NOBODY_SIGNS: _("Write yes into the column signs of the role that signs answers."),
    NO_BODY: _("Add the offices that decide, with the kind body."),
    STEP_UNDRAWN: _("Draw the step (extension property step), or take its row out."),
    ROUTE_UNDRAWN: _("Call the process by the route's key, or take the route out of region.toml."),
    DECISION_AWAY: _("Bring it in a file bpmn/*.dmn of the package."),
    GROUND_AWAY: _("Add a row with that key to grounds.csv."),
    NO_FORM: _("Bring the form, or leave it away so that Komek's own is printed."),
    NOT_SAID: _FORM,
    NOT_PRINTED: _FORM,
    NOT_FOR_READERS: _FORM,
    NO_FILE_READS: _("Rename it; what is for readers alone begins with _."),
    TEMPLATES_STALE: _("Run komek templates write with the package's folder."),
    NOT_LOADED: _("Correct the package's __init__.py."),
    BEYOND: _CONTRACT,
    UNSAID_IMPORT: _CONTRACT,
    NO_LIMIT: _("Give it timeout=20, say; well under a minute."),
    NO_PYTHON: _("Correct the file."),
    UNTRANSLATED: _("Fill the translations in; komek i18n check lists each."),
    NOT_COMPILED: _("Run komek i18n compile."),
    NO_CASE_OF_ROUTE: _("Reckon one by hand and write it into cases/*.yaml."),
    NO_CASE_OF_DECISION: _("Reckon one by hand and write it into cases/*.yaml."),
    ROUTE_WITHOUT_CLAUSE: _("Name the clause of each step that the act knows, and mark it act."),
    TIMED_WITHOUT_CLAUSE: _("Name the clause, or mark the row as a default."),
    NO_LIST_OF_CLAUSES: _("Bring clauses.csv; docs/plugin-authors.md says what it is."),
    NOTHING_STANDS: _("Name it in the row, the step or the printed form that carries it out, or write no under asks."),
    CLAUSE_UNKNOWN: _("Add the clause to clauses.csv, or correct the name."),
    TOLD_OTHERWISE: _("Write the same text into both rows, or give one of them a fact of its own."),
    TOO_LONG: _("Shorten it: one message holds 70 letters when any of them is Kazakh or Russian, else 160."),
    OTHER_ACT: _("Bring the diagram in the folder bpmn of the package, with your own act in its note."),
    NOT_SETTLED: _("Find the act that says it, or have it confirmed and mark it so, with its source."),
    NOT_TRIED: _TRY,
    NOT_SEALED: _TRY,
    TRIED_BEFORE: _TRY,
    TRIED_WITH: _TRY,
    NOT_PASSED: _("Run the region's tests once more and mend what fails; forms are tried where there is a browser."),
    NO_CASE: _("Write it as docs/plugin-authors.md shows."),
    CASE_OTHERWISE: _("Correct the table, the decision or the case: the act says which."),
}
_WARNINGS = {
    COLUMN_OF_PLUGIN, NO_CLAUSE, UNTRANSLATED, NOT_COMPILED, NOT_FOR_READERS, STEP_UNDRAWN, NOBODY_THERE, TOO_LONG,
    OTHER_ACT, TEMPLATES_STALE, OUTLASTS, PARTLY_OUT_OF_HOURS, MARKUP, NO_WORDS, OTHER_LANGUAGE, TOO_MANY_LETTERS,
    SAID_TWICE,
}  # fmt: skip


def fault(file: str, line: int, text: str, details: Mapping[str, object] | None = None) -> RegionFault:
    """One of the things above, at that place, with what to do about it."""
    severity = "warning" if text in _WARNINGS else "error"
    return RegionFault(file, line, text, details or {}, ADVICE.get(text, _CORRECT), severity)  # type: ignore[arg-type]
