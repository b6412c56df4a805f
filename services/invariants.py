"""What is true of the rows at every moment between two transactions, whatever was killed, cut off or full meanwhile.

Each invariant is one statement that finds what breaks it: nothing, in a database that Komek alone has written to.
`komek doctor --data` looks through all of them, and the tests do after whole cases and after every attack. What one
row says of itself the tables check themselves; here stands what several rows say together. The chain of the journal
and what its lines attest have a command of their own: `komek journal verify`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from services.db import db
from services.msgids import _

#: places that are told of what breaks one invariant
MOST_PLACES = 5
#: seconds for which one statement may look: of a whole installation there is much to read
PATIENCE_S = 1800


@dataclass(frozen=True)
class Invariant:
    """One thing that is always so."""

    key: str
    #: what is always so, a whole sentence
    says: str
    #: finds what breaks it: one column, the place
    sql: str


@dataclass(frozen=True)
class Breach:
    """An invariant that does not hold: in how many places, and the first of them."""

    key: str
    says: str
    count: int
    places: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.key}: {self.count} ({', '.join(self.places)})"


#: what is taken in, given out, put in writing: of the case, as long as it is kept
_CASES = [
    Invariant("case_goes_on", _("Every open case waits somewhere, or an incident says why not."), """
        SELECT 'case ' || c.id FROM "case" c WHERE c.closed_at IS NULL
        AND NOT EXISTS (SELECT FROM task t WHERE t.case_id = c.id AND t.closed_at IS NULL)
        AND NOT EXISTS (SELECT FROM job j WHERE j.case_id = c.id AND j.incident_at IS NOT NULL)"""),
    Invariant("pool_goes_on",
              _("Every process that is not at its end waits somewhere, or an incident says why not."),
              """
        SELECT 'case ' || i.case_id || ', process ' || i.id FROM process_instance i
        WHERE i.finished_at IS NULL AND i.state <> ''
        AND NOT EXISTS (SELECT FROM task t WHERE t.instance_id = i.id AND t.closed_at IS NULL)
        AND NOT EXISTS (SELECT FROM job j WHERE j.case_id = i.case_id AND j.incident_at IS NOT NULL)
        AND NOT EXISTS (SELECT FROM taken_over o JOIN take_over f ON f.id = o.take_over_id
                        WHERE o.case_id = i.case_id AND f.undone_at IS NOT NULL)"""),
    Invariant("open_case_runs", _("Every open case has a process that is not at its end."), """
        SELECT 'case ' || c.id FROM "case" c WHERE c.closed_at IS NULL
        AND NOT EXISTS (SELECT FROM process_instance i WHERE i.case_id = c.id AND i.finished_at IS NULL)"""),
    Invariant("end_is_the_end", _("Nothing waits in a process that is at its end."), """
        SELECT 'task ' || t.id FROM task t JOIN process_instance i ON i.id = t.instance_id
        WHERE t.closed_at IS NULL AND i.finished_at IS NOT NULL"""),
    Invariant("closed_by_its_process", _("Of a closed case the process that took it in is at its end."), """
        SELECT 'case ' || c.id FROM "case" c
        CROSS JOIN LATERAL (SELECT finished_at FROM process_instance WHERE case_id = c.id ORDER BY id LIMIT 1) own
        WHERE c.closed_at IS NOT NULL AND own.finished_at IS NULL
        AND NOT EXISTS (SELECT FROM taken_over o WHERE o.case_id = c.id)"""),
    Invariant("closed_has_outcome", _("Every closed case has an outcome."), """
        SELECT 'case ' || id FROM "case" WHERE closed_at IS NOT NULL AND coalesce(outcome, '') = ''"""),
    Invariant("task_in_its_case", _("Every step belongs to a process of its own case."), """
        SELECT 'task ' || t.id FROM task t LEFT JOIN process_instance i ON i.id = t.instance_id
        WHERE i.case_id IS DISTINCT FROM t.case_id"""),
    Invariant("stop_once", _("No process waits twice at one stop."), """
        SELECT 'process ' || instance_id || ', ' || stop_id FROM task
        GROUP BY instance_id, stop_id HAVING count(*) > 1"""),
    Invariant("done_by_somebody", _("Every form that was filled in was filled in by somebody."), """
        SELECT 'task ' || id FROM task WHERE waits_for = 'person' AND done_at IS NOT NULL AND done_by_id IS NULL
        AND coalesce(outcome, '') <> 'taken_over'"""),
    Invariant("done_once", _("The history of a case tells of every form that was filled in once, and of no other."), """
        SELECT 'task ' || coalesce(said.task, t.id) FROM task t
        FULL JOIN (SELECT details::jsonb ->> 'task' AS task, count(*) AS times FROM journal_entry
                   WHERE event = 'case.task_completed' GROUP BY 1) said ON said.task = t.id
        WHERE (t.id IS NULL OR said.times > 1 OR t.done_at IS NULL)
        AND said.task IS NOT NULL"""),
    Invariant("kept_messages", _("Every case counts the messages that nobody waited for yet as they are."), """
        SELECT 'case ' || c.id FROM "case" c WHERE c.kept <>
        (SELECT count(*) FROM message m WHERE m.case_id = c.id AND m.delivered_at IS NULL)
        AND NOT EXISTS (SELECT FROM destroyed d WHERE d.case_id = c.id)
        AND NOT EXISTS (SELECT FROM taken_over o WHERE o.case_id = c.id)"""),
    Invariant("places_at_the_body", _("Every open case counts the places where it waits at its body as they are."), """
        SELECT 'case ' || c.id FROM "case" c WHERE c.closed_at IS NULL AND c.at_body <>
        (SELECT count(*) FROM task t WHERE t.case_id = c.id AND t.office_key = c.body_key AND t.closed_at IS NULL)"""),
]  # fmt: skip
_TIME = [
    Invariant("due_is_said", _("Every step with a term says when it is due, and by which calendar."), """
        SELECT 'task ' || id FROM task WHERE rule <> '' AND (due_at IS NULL OR calendar = '')"""),
    Invariant("order_of_lists",
              _("Every open step stands in the lists by the earlier of its own and the whole case's term."),
              """
        SELECT 'task ' || t.id FROM task t JOIN "case" c ON c.id = t.case_id WHERE t.closed_at IS NULL
        AND t.urgent_at IS DISTINCT FROM CASE WHEN c.outer_stopped_at IS NULL THEN LEAST(t.due_at, c.outer_due_at)
                           ELSE coalesce(t.due_at, c.outer_due_at) END"""),
    Invariant("calendar_is_kept", _("Every calendar by which a date was counted is kept."), """
        SELECT 'calendar ' || calendar FROM (SELECT calendar FROM task UNION SELECT outer_calendar FROM "case") used
        WHERE calendar NOT IN ('', '0') AND NOT EXISTS (SELECT FROM timetable v WHERE v.version = used.calendar)"""),
    Invariant("timer_has_a_job", _("Whatever waits for a moment has a job that wakes it, or an incident."), """
        SELECT 'task ' || t.id FROM task t JOIN "case" c ON c.id = t.case_id
        WHERE t.closed_at IS NULL AND t.waits_for = 'timer' AND NOT EXISTS (SELECT FROM job j WHERE j.key = t.id)"""),
    Invariant("operation_has_a_job",
              _("Whatever waits for an operation has a job that carries it out, or a program that may fetch it."),
              """
        SELECT 'task ' || t.id FROM task t JOIN "case" c ON c.id = t.case_id
        WHERE t.closed_at IS NULL AND t.waits_for = 'operation' AND c.plays IS NULL
        AND NOT EXISTS (SELECT FROM job j WHERE j.key = t.id)
        AND NOT EXISTS (SELECT FROM external_task e WHERE e.task_id = t.id)"""),
    Invariant("fetched_is_open", _("Programs are given no work of a step that is over."), """
        SELECT 'task ' || e.task_id FROM external_task e JOIN task t ON t.id = e.task_id
        WHERE t.closed_at IS NOT NULL"""),
    Invariant("job_of_a_case", _("Every job of a case is of a case that is kept."), """
        SELECT 'job ' || j.id FROM job j WHERE j.case_id IS NOT NULL
        AND (NOT EXISTS (SELECT FROM "case" c WHERE c.id = j.case_id)
             OR EXISTS (SELECT FROM destroyed d WHERE d.case_id = j.case_id))"""),
    Invariant("told_of_a_case", _("Whoever was told anything was told it of a case that is kept."), """
        SELECT 'notice ' || n.id FROM notice n WHERE n.case_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM "case" c WHERE c.id = n.case_id)"""),
    Invariant("withdrawn_is_told_no_more", _("No applicant is sent anything after they withdrew."), """
        SELECT 'message ' || m.id FROM telling_message m JOIN telling_agreement a ON a.case_id = m.case_id
        WHERE m.sent_at > a.withdrawn_at"""),
]  # fmt: skip
#: every number that was given, and where it stands: office, series, year, count
_GIVEN = """
    WITH written AS (
        SELECT number, case_id FROM process_instance UNION SELECT number, id FROM "case"
        UNION SELECT content ->> 'outgoing_number', case_id FROM paper WHERE content ->> 'outgoing_number' IS NOT NULL
        UNION SELECT code, case_id FROM custody_item UNION SELECT number, NULL FROM consignment
        UNION SELECT code, NULL FROM custody_label
    ), parted AS (
        SELECT regexp_match(number, '^([A-Z]?[0-9]+)-([XRLC]?)([0-9]{4})-([0-9]+)$') AS part, case_id FROM written
    ), given AS (
        SELECT ltrim(part[1], '0') AS office, part[2] AS mark, part[3]::int AS year, part[4]::int AS count,
               bool_or(EXISTS (SELECT FROM taken_over o WHERE o.case_id = parted.case_id)) AS on_paper
        FROM parted WHERE part IS NOT NULL GROUP BY 1, 2, 3, 4
    ), marks (series, mark) AS (
        VALUES ('in', ''), ('out', 'X'), ('registry', 'R'), ('label', 'L'), ('appeal', 'C')
    ), book AS (
        SELECT ltrim(office_number, '0') AS office, mark, series, year, last
        FROM number_series JOIN marks USING (series)
    ), continued AS (
        SELECT ltrim(o.number, '0') AS office, mark, (d.said ->> 'year')::int AS year, (d.said ->> 'last')::int AS until
        FROM (SELECT details::jsonb AS said FROM journal_entry WHERE event = 'offices.numbers_continued') d
        JOIN office o ON o.key = d.said ->> 'office' JOIN marks ON series = d.said ->> 'series'
        UNION ALL SELECT office, mark, year, count FROM given WHERE on_paper
    ), paper_book AS (SELECT office, mark, year, max(until) AS until FROM continued GROUP BY 1, 2, 3)"""
_BOOKS = [
    Invariant("numbers_gapless",
              _("Every number of a book that Komek gave stands somewhere: no book has a gap."),
              _GIVEN + """
        SELECT b.office || ' ' || b.series || ' ' || b.year || ': ' || n FROM book b
        LEFT JOIN paper_book p USING (office, mark, year)
        CROSS JOIN LATERAL generate_series(coalesce(p.until, 0) + 1, b.last) n
        WHERE NOT EXISTS (SELECT FROM given g WHERE (g.office, g.mark, g.year, g.count) = (b.office, b.mark, b.year, n))
        AND NOT EXISTS (SELECT FROM take_over WHERE undone_at IS NOT NULL)"""),
    Invariant("numbers_of_the_book", _("No number stands anywhere that its book has not given."), _GIVEN + """
        SELECT g.office || '-' || g.mark || g.year || '-' || g.count FROM given g JOIN book b USING (office, mark, year)
        WHERE g.count > b.last"""),
    Invariant("number_once", _("No outgoing number stands on the answers of two cases."), """
        SELECT content ->> 'outgoing_number' FROM paper WHERE content ->> 'outgoing_number' IS NOT NULL
        GROUP BY 1 HAVING count(DISTINCT case_id) > 1"""),
    Invariant("case_number", _("The number by which people call a case is one that it was given."), """
        SELECT 'case ' || c.id FROM "case" c WHERE c.number IS NOT NULL
        AND NOT EXISTS (SELECT FROM process_instance i WHERE i.case_id = c.id AND i.number = c.number)"""),
]  # fmt: skip
_PAPERS = [
    Invariant("paper_of_a_case", _("Every paper belongs to a case."), """
        SELECT 'paper ' || p.id FROM paper p WHERE NOT EXISTS (SELECT FROM "case" c WHERE c.id = p.case_id)"""),
    Invariant("papers_are_there", _("Every paper that a case's history tells of is there, and no other."), """
        SELECT 'case ' || coalesce(substr(told.stream, 6), made.case_id::text) || ': ' || coalesce(told.item, made.item)
        FROM (SELECT stream, details::jsonb ->> 'item' AS item, count(*) AS papers FROM journal_entry
              WHERE event = 'paper.made' GROUP BY 1, 2) told
        FULL JOIN (SELECT case_id, item, count(*) AS papers FROM paper GROUP BY 1, 2) made
        ON told.stream = 'case:' || made.case_id AND told.item = made.item
        WHERE told.papers IS DISTINCT FROM made.papers"""),
    Invariant("answers_are_kept", _("Every answer that was given belongs to a step that is done, and says when."), """
        SELECT 'task ' || a.task_id FROM answer a JOIN task t ON t.id = a.task_id
        WHERE (a.given_at IS NULL) <> (a.answers IS NULL) OR (a.given_at IS NOT NULL AND t.done_at IS NULL)"""),
    Invariant("files_of_a_step", _("Every file that was given with a form belongs to a step of its own case."), """
        SELECT 'file ' || f.id FROM attachment f JOIN task t ON t.id = f.task_id WHERE t.case_id <> f.case_id"""),
    Invariant("signed_result", _("Nothing left an office that waits for its signature."), """
        SELECT code FROM custody_item WHERE signature = 'awaited' AND state IN ('in_transit', 'missing', 'gone')"""),
    Invariant("custody_unbroken", _("Every line of a paper's custody follows from the one before it."), """
        WITH line AS (
            SELECT code, event, lag(event) OVER (PARTITION BY code ORDER BY id) AS before FROM custody_event
            WHERE event NOT IN ('signed', 'unsigned', 'relabelled', 'labelled', 'damaged', 'kept', 'superseded')
        )
        SELECT code || ': ' || coalesce(before, '') || ' ' || event FROM line WHERE NOT CASE
            WHEN before IS NULL THEN event IN ('tracked', 'taken_over')
            WHEN event = 'tracked' THEN false
            WHEN event = 'handed_over' THEN before = 'listed'
            WHEN event = 'missing' THEN before IN ('handed_over', 'taken_over')
            WHEN event IN ('found', 'replaced') THEN before = 'missing'
            WHEN event IN ('listed', 'unlisted') THEN before IN
                ('prepared', 'listed', 'unlisted', 'found', 'replaced', 'misrouted', 'unclaimed', 'taken_over')
            WHEN event = 'came_back' THEN before IN ('posted', 'issued', 'taken_over')
            WHEN event IN ('posted', 'issued') THEN before NOT IN
                ('handed_over', 'missing', 'posted', 'issued', 'annulled')
            ELSE before NOT IN ('annulled', 'taken_back') OR event = 'taken_over' END"""),
    Invariant("custody_says_where", _("Every paper is where the last line of its custody says."), """
        SELECT i.code FROM custody_item i CROSS JOIN LATERAL (
            SELECT e.event, e.office_key, e.consignment_id FROM custody_event e WHERE e.code = i.code
            AND e.event NOT IN ('signed', 'unsigned', 'relabelled', 'labelled', 'damaged', 'kept', 'superseded')
            ORDER BY e.id DESC LIMIT 1) last
        WHERE NOT CASE last.event
            WHEN 'tracked' THEN i.state = 'here' WHEN 'prepared' THEN i.state = 'to_send'
            WHEN 'unlisted' THEN i.state = 'to_send' WHEN 'found' THEN i.state = 'to_send'
            WHEN 'replaced' THEN i.state = 'to_send' WHEN 'misrouted' THEN i.state = 'to_send'
            WHEN 'unclaimed' THEN i.state = 'to_send' WHEN 'listed' THEN i.state = 'listed'
            WHEN 'handed_over' THEN i.state = 'in_transit' WHEN 'missing' THEN i.state = 'missing'
            WHEN 'received' THEN i.state = 'here' WHEN 'came_back' THEN i.state = 'here'
            WHEN 'called_back' THEN i.state = 'here' WHEN 'annulled' THEN i.state = 'annulled'
            WHEN 'taken_back' THEN i.state = 'annulled' WHEN 'posted' THEN i.state = 'gone'
            WHEN 'issued' THEN i.state = 'gone' ELSE true END
        OR (last.event <> 'missing' AND i.office_key <> last.office_key)"""),
    Invariant("custody_begins", _("Every paper under control has a line that says since when."), """
        SELECT i.code FROM custody_item i WHERE NOT EXISTS (SELECT FROM custody_event e WHERE e.code = i.code)"""),
    Invariant("registry_and_papers",
              _("A paper is on its way exactly when its registry is, and is listed where that one is open."),
              """
        SELECT i.code FROM custody_item i LEFT JOIN consignment s ON s.id = i.consignment_id
        LEFT JOIN consignment_line l ON (l.consignment_id, l.code) = (s.id, i.code)
        WHERE (i.state = 'listed' AND (s.state NOT IN ('draft', 'closed') OR l.state IS DISTINCT FROM 'listed'))
        OR (i.state = 'in_transit' AND s.id IS NOT NULL AND (s.state <> 'in_transit' OR l.state <> 'sent'))
        UNION ALL
        SELECT l.code FROM consignment_line l JOIN custody_item i ON i.code = l.code
        WHERE (l.state = 'listed' AND NOT (i.state = 'listed' AND i.consignment_id = l.consignment_id))
        OR (l.state = 'sent' AND NOT (i.state = 'in_transit' AND i.consignment_id = l.consignment_id))"""),
    Invariant("registry_is_numbered",
              _("Every registry that was closed has its number, and who closed it and when."),
              """
        SELECT 'registry ' || id FROM consignment WHERE (state = 'draft') <> (number IS NULL)
        OR (state <> 'draft' AND (closed_at IS NULL OR closed_by_id IS NULL))
        OR (state IN ('in_transit', 'received') AND handed_over_at IS NULL)
        OR (state = 'received' AND received_at IS NULL)"""),
]  # fmt: skip
_KEPT = [
    Invariant("kept_figures",
              _("What is kept of days that are over is what their rows come to (a sample of days)."),
              """
        WITH sample AS (
            (SELECT * FROM figure_day WHERE counted_at IS NOT NULL ORDER BY "on" DESC LIMIT 3) UNION
            (SELECT * FROM figure_day WHERE counted_at IS NOT NULL ORDER BY random() LIMIT 3)
        ), kept AS (
            SELECT s."on", o.office_key, coalesce(f.upto, 0) - coalesce(f.before, 0) AS many
            FROM sample s CROSS JOIN figure_office o CROSS JOIN LATERAL (
                SELECT (array_agg(t.many ORDER BY k."on" DESC) FILTER (WHERE k."on" <= s."on"))[1] AS upto,
                       (array_agg(t.many ORDER BY k."on" DESC) FILTER (WHERE k."on" < s."on"))[1] AS before
                FROM figure_kept k CROSS JOIN LATERAL
                    (SELECT sum(value::bigint) AS many FROM jsonb_each_text(k.counts -> 'terms')) t
                WHERE k.office_key = o.office_key AND k."on" BETWEEN date_trunc('month', s."on") AND s."on") f
        )
        SELECT kept."on" || ', ' || kept.office_key FROM kept JOIN sample s ON s."on" = kept."on"
        WHERE kept.many <> (SELECT count(*) FROM task t WHERE t.office_key = kept.office_key
            AND t.done_at >= s.begins AND t.done_at < s.ends AND t.due_at IS NOT NULL AND NOT t.clock_goes_on)
        AND NOT EXISTS (SELECT FROM figure_changed c WHERE (c."on", c.office_key) = (kept."on", kept.office_key))"""),
    Invariant("archive_is_whole", _("All of a case lies in the archive, or nothing of it."), """
        SELECT DISTINCT 'case ' || c.id FROM "case" c
        WHERE c.archived_at IS NOT NULL AND (EXISTS (SELECT FROM ONLY task t WHERE t.case_id = c.id)
            OR EXISTS (SELECT FROM ONLY process_instance i WHERE i.case_id = c.id)
            OR EXISTS (SELECT FROM ONLY paper p WHERE p.case_id = c.id))
        OR c.archived_at IS NULL AND (EXISTS (SELECT FROM archive.task t WHERE t.case_id = c.id)
            OR EXISTS (SELECT FROM archive.process_instance i WHERE i.case_id = c.id)
            OR EXISTS (SELECT FROM archive.paper p WHERE p.case_id = c.id))"""),
    Invariant("destroyed_is_gone", _("Of a destroyed case nothing is left by which the applicant could be known."), """
        SELECT 'case ' || d.case_id FROM destroyed d WHERE EXISTS (SELECT FROM answer a WHERE a.case_id = d.case_id)
        OR EXISTS (SELECT FROM applicant a WHERE a.case_id = d.case_id AND (a.iin <> '' OR a.surname <> ''))
        OR EXISTS (SELECT FROM attachment f WHERE f.case_id = d.case_id)
        OR EXISTS (SELECT FROM paper p WHERE p.case_id = d.case_id AND p.content - 'outgoing_number' <> '{}')"""),
    Invariant("rehearsal_leaves_nothing", _("A rehearsal has no number, no paper under control, and tells nobody."), """
        SELECT 'case ' || c.id FROM "case" c WHERE c.plays IS NOT NULL AND (c.number IS NOT NULL
        OR EXISTS (SELECT FROM custody_item i WHERE i.case_id = c.id)
        OR EXISTS (SELECT FROM notice n WHERE n.case_id = c.id)
        OR EXISTS (SELECT FROM telling_message m WHERE m.case_id = c.id))"""),
    Invariant("journal_counts", _("Every stream of the journal counts its lines as they are, without a gap."), """
        SELECT s.name FROM journal_stream s LEFT JOIN
        (SELECT stream, count(*) AS lines, max(position) AS last FROM journal_entry GROUP BY 1) e ON e.stream = s.name
        WHERE s.count <> coalesce(e.lines, 0) OR s.count <> coalesce(e.last, 0)
        UNION ALL
        SELECT DISTINCT e.stream FROM journal_entry e
        WHERE NOT EXISTS (SELECT FROM journal_stream s WHERE s.name = e.stream)"""),
    Invariant("history_of_each", _("Every case has a history."), """
        SELECT 'case ' || c.id FROM "case" c
        WHERE NOT EXISTS (SELECT FROM journal_stream s WHERE s.name = 'case:' || c.id AND s.count > 0)"""),
    Invariant("version_in_force",
              _("Of each process that is law, one version is in force, and its time does not overlap another's."),
              """
        SELECT key FROM process_in_force WHERE until < since
        UNION SELECT a.key FROM process_in_force a JOIN process_in_force b ON b.key = a.key AND b.id > a.id
        WHERE a.since < coalesce(b.until, 'infinity') AND b.since < coalesce(a.until, 'infinity')
        AND a.since IS DISTINCT FROM a.until AND b.since IS DISTINCT FROM b.until"""),
    Invariant("known_people", _("Whoever has a step in hand, or did it, is one of the staff."), """
        SELECT 'task ' || t.id FROM task t WHERE EXISTS (SELECT FROM unnest(ARRAY[t.assignee_id, t.done_by_id]) who
        WHERE who IS NOT NULL AND NOT EXISTS (SELECT FROM staff s WHERE s.id = who))"""),
]  # fmt: skip
INVARIANTS: Sequence[Invariant] = (*_CASES, *_TIME, *_BOOKS, *_PAPERS, *_KEPT)


def broken() -> Iterator[Breach]:
    """Every invariant that does not hold, all of them seen at one moment, on a line of its own."""
    at_one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with db.engine.connect().execution_options(**at_one_moment) as line:
        line.exec_driver_sql(f"SET LOCAL statement_timeout = {PATIENCE_S * 1000}")
        for each in INVARIANTS:
            if (found := look(each, line)) is not None:
                yield found


def look(invariant: Invariant, line: Connection) -> Breach | None:
    """What breaks it, seen on that line; None when it holds. One statement."""
    found = f"SELECT place, count(*) OVER () FROM ({invariant.sql}) AS found (place) LIMIT {MOST_PLACES}"
    rows = line.exec_driver_sql(found.replace("%", "%%")).all()
    if not rows:
        return None
    return Breach(invariant.key, invariant.says, rows[0][1], tuple(str(place) for place, _all in rows))
