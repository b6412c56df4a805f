"""The cells of decision tables: words without quotation marks, names that nobody sets, values of another type."""

from collections.abc import Iterator

from lxml import etree

from services.bpmn import local_name
from services.dmn import Definitions
from services.feel import FeelRefused, expression, unary_tests
from services.feel.library import BUILTINS
from services.feel.looking import bare_name, kinds_of
from services.processes.doctor import decision_catalogue
from services.processes.doctor.bench import Bench
from services.processes.doctor.declared import nearest
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.setting import Setting
from services.processes.doctor.sheet import Sheet

#: types that say nothing
ANY = frozenset({"Any", "any", "feel:Any", "feel:any"})
#: what an entry may speak of besides names
OWN = frozenset({*BUILTINS, "due", "item", "partial", "cellInput", "?"})


def notes_on_cells(bench: Bench, sheet: Sheet) -> Notes:
    """Every table of the file, with the decision or knowledge model it stands in."""
    if sheet.kind != "dmn" or sheet.root is None:
        return
    tables = [(each, owner) for each in sheet.root.iter("{*}decisionTable") if (owner := _owner(each)) is not None]
    if not tables:
        return
    drawn = frozenset(_drawn(sheet.root))
    known = drawn | Setting(bench).anywhere
    types = Definitions(sheet.root)
    for table, owner in tables:
        yield from _words(table, owner, drawn, known)
        yield from _types(table, owner, drawn, types)
        yield from _unlisted(table, owner)
        yield from _defaults(table, owner, drawn, known)
        yield from _aggregated(table, owner)


def _owner(table: etree._Element) -> etree._Element | None:
    found = (each for each in table.iterancestors() if local_name(each) in ("decision", "businessKnowledgeModel"))
    return next(found, None)


def _drawn(root: etree._Element) -> Iterator[str]:
    """Every name that something in the file gives a value."""
    for node in root.iter(etree.Element):
        kind = local_name(node)
        if kind in ("variable", "formalParameter", "output", "itemComponent", "column", "import", "inputData"):
            yield from (each for each in (node.get("name"),) if each)
        if kind in ("decision", "businessKnowledgeModel"):
            yield from (each for each in (node.get("name"), node.get("id")) if each)
        yield from (str(value) for key, value in node.attrib.items() if str(key).endswith("}inputVariable"))


def _entries(table: etree._Element, kind: str) -> Iterator[tuple[int, int, str]]:
    """Rule, column and text of every entry of that kind; both counted from 1 and from 0."""
    for number, rule in enumerate(table.iterchildren("{*}rule"), start=1):
        for column, entry in enumerate(rule.iterchildren("{*}" + kind)):
            yield number, column, _text(entry)


def _text(node: etree._Element) -> str:
    text = next(node.iterchildren("{*}text"), None)
    return ((text.text if text is not None else node.text) or "").strip()


def _words(table: etree._Element, owner: etree._Element, drawn: frozenset[str], known: frozenset[str]) -> Notes:
    for number, _, text in _entries(table, "inputEntry"):
        try:
            found = unary_tests(text, drawn)
        except FeelRefused:
            continue  # the engine's own list says so
        word = bare_name(found.tree)
        if word and word not in known and word not in OWN:
            yield Note(decision_catalogue.UNQUOTED, owner, {"number": number, "word": word})
        elif found.tree is not None:
            yield from _unknown(found.free, owner, number, drawn, known)
    for number, _, text in _entries(table, "outputEntry"):
        try:
            free = expression(text, drawn).free if text and text != "-" else frozenset[str]()
        except FeelRefused:
            continue
        if free == {text} and not free & known:
            yield Note(decision_catalogue.UNQUOTED, owner, {"number": number, "word": text})
        else:
            yield from _unknown(free, owner, number, drawn, known)


def _unknown(
    free: frozenset[str], owner: etree._Element, number: int, drawn: frozenset[str], known: frozenset[str]
) -> Notes:
    for name in sorted(free - known - OWN):
        near = nearest(name, known)
        yield Note(decision_catalogue.CELL_NAME_NEAR if near else decision_catalogue.CELL_NAME, owner,
                   {"number": number, "variable": name, "near": near})  # fmt: skip


def _unlisted(table: etree._Element, owner: etree._Element) -> Notes:
    """Constant answers that their column's list of values leaves out."""
    for at, column in enumerate(table.iterchildren("{*}output")):
        listed = next(column.iterchildren("{*}outputValues"), None)
        if listed is None or not _text(listed):
            continue
        for number, where, text in _entries(table, "outputEntry"):
            if where == at and _is_left_out(text, _text(listed)):
                details = {"number": number, "value": text[:60], "column": _label(column)}
                yield Note(decision_catalogue.NOT_LISTED, owner, details)


def _is_left_out(text: str, listed: str) -> bool:
    """Whether it is a constant that the list of values does not have."""
    try:
        found = expression(text) if text else None
        value = found.evaluate({}).value if found is not None and not found.free else None
        return value is not None and unary_tests(listed).evaluate({}, value).value is not True
    except FeelRefused:
        return False  # the engine's own list says so


def _label(column: etree._Element) -> str:
    return column.get("label") or column.get("name") or ""


def _defaults(table: etree._Element, owner: etree._Element, drawn: frozenset[str], known: frozenset[str]) -> Notes:
    """Default answers that their column's list leaves out, or that are a word without quotation marks."""
    for column in table.iterchildren("{*}output"):
        given = next(column.iterchildren("{*}defaultOutputEntry"), None)
        text = "" if given is None else _text(given)
        listed = next(column.iterchildren("{*}outputValues"), None)
        if listed is not None and _text(listed) and _is_left_out(text, _text(listed)):
            details = {"value": text[:60], "column": _label(column)}
            yield Note(decision_catalogue.DEFAULT_NOT_LISTED, owner, details)
        try:
            free = expression(text, drawn).free if text else frozenset[str]()
        except FeelRefused:
            continue
        if free == {text} and not free & (known | OWN):
            yield Note(decision_catalogue.DEFAULT_UNQUOTED, owner, {"word": text[:60], "column": _label(column)})


def _aggregated(table: etree._Element, owner: etree._Element) -> Notes:
    """Answers with nothing in them, of which a sum, the least or the largest cannot be reckoned."""
    aggregation = table.get("aggregation", "")
    if table.get("hitPolicy") != "COLLECT" or aggregation not in ("SUM", "MIN", "MAX"):
        return
    columns = list(table.iterchildren("{*}output"))
    for number, at, text in _entries(table, "outputEntry"):
        if text in ("", "null") and at < len(columns):
            details = {"number": number, "column": _label(columns[at]), "aggregation": aggregation}
            yield Note(decision_catalogue.NOTHING_TO_RECKON, owner, details)


def _types(table: etree._Element, owner: etree._Element, drawn: frozenset[str], types: Definitions) -> Notes:
    """Columns whose entries are all of other kinds than the type says."""
    for kind, entry in (("input", "inputEntry"), ("output", "outputEntry")):
        for at, column in enumerate(table.iterchildren("{*}" + kind)):
            asked = next(column.iterchildren("{*}inputExpression"), None) if kind == "input" else column
            type_ = types.asked(asked.get("typeRef")) if asked is not None else None
            label = column.get("label") or column.get("name") or (_text(asked) if asked is not None else "")
            if type_ is None and (said := asked.get("typeRef") if asked is not None else None) and said not in ANY:
                yield Note(decision_catalogue.TYPE_UNKNOWN, owner, {"column": label, "type": said[:80]})
            if type_ is None or type_.kind in ("list", "context", "function"):
                continue
            read = [(number, text, _kinds(text, drawn, tested=kind == "input"))
                    for number, where, text in _entries(table, entry) if where == at]  # fmt: skip
            if type_.kind == "date" and frozenset().union(*(kinds for *_, kinds in read)) == {"date and time"}:
                continue  # Camunda's one type for both: the engine looks at the time of day where all entries say it
            for number, text, kinds in read:
                if kinds and type_.kind not in kinds:
                    details = {"number": number, "column": label, "type": str(type_), "entry": text[:80]}
                    yield Note(decision_catalogue.CELL_TYPE, owner, details)
                    break


def _kinds(text: str, drawn: frozenset[str], *, tested: bool) -> frozenset[str]:
    if not text:
        return frozenset()
    try:
        return kinds_of(unary_tests(text, drawn).tree if tested else expression(text, drawn).tree)
    except FeelRefused:
        return frozenset()
