"""Offices, filled from the region's table."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, ColumnExpressionArgument, ScalarSelect, or_, select
from sqlalchemy.dialects.postgresql import Insert

from services import clock, journal, kazakh
from services.db import db, transaction
from services.directory.errors import NoSuchOffice
from services.directory.models import Office
from services.directory.region import keep_region
from services.letters import is_printable
from services.registry import Registry
from services.tables import BadTable

#: columns of the table that are columns here too
_SAME = ("key", "kind", "number", "name_kk", "name_ru", "name_en", "short_kk", "short_ru", "short_en",
         "place", "place_kind", "phone", "email")  # fmt: skip
_CALLED_OTHERWISE = ("parent", "address_kk")


def import_offices(registry: Registry, *, actor: str = "console") -> list[str]:
    """Keys of the offices that were new or told differently by the region's table; again, it changes nothing.

    The database is that region's from then on. An office that left the table stays: cases refer to it.
    Raises BadTable, OtherRegion.
    """
    rows = [_columns(row) for row in registry.table("offices")]
    unknown = {row["parent"] for row in rows} - {row["key"] for row in rows} - {None}
    if unknown:
        raise BadTable(f"offices.csv: no office {', '.join(map(str, sorted(map(str, unknown))))} to be a parent")
    if not rows:
        return []
    with transaction():
        keep_region(registry)
        changed = sorted(db.session.scalars(_upsert(rows)))
        if changed:
            line = journal.NewLine("offices.imported", actor, {"region": registry.region, "offices": changed})
            journal.append("offices", [line], at=clock.now())
    return changed


def office(key: str) -> Office:
    """The office with that key. Raises NoSuchOffice."""
    found = db.session.get(Office, key) if is_printable(key) else None
    if found is None:
        raise NoSuchOffice(office=key)
    return found


def offices(kind: str | None = None) -> list[Office]:
    """Every office, or those of one kind, in the order of the Kazakh alphabet."""
    wanted = select(Office).order_by(Office.sort_key, Office.key)
    return list(db.session.scalars(wanted.where(Office.kind == kind) if kind else wanted))


def office_alphabet_of(key: ColumnExpressionArgument[str]) -> ScalarSelect[str]:
    """Where that office stands in the Kazakh alphabet, in SQL."""
    return select(Office.sort_key).where(Office.key == key).scalar_subquery()


def _columns(row: Mapping[str, str]) -> dict[str, object]:
    """One row of the table as a row of ours; what has no column of its own becomes a setting."""
    missing = [name for name in ("key", "kind", "name_kk") if not row.get(name)]
    if missing:
        raise BadTable(f"offices.csv: {row.get('key') or row} has no {missing[0]}")
    own = {name: row.get(name, "") for name in _SAME}
    settings = {name: value for name, value in row.items() if value and name not in (*_SAME, *_CALLED_OTHERWISE)}
    return {
        **own,
        "parent": row.get("parent") or None,
        "address": row.get("address_kk", ""),
        "settings": settings,
        "sort_key": kazakh.sort_key(row.get("short_kk") or row["name_kk"]),
    }


def _upsert(rows: list[dict[str, object]]) -> Insert:
    told = Insert(Office).values(rows)
    new: dict[str, ColumnElement[Any]] = {name: told.excluded[name] for name in rows[0] if name != "key"}
    new["settings"] = Office.settings.op("||")(told.excluded["settings"])
    differs = or_(*[getattr(Office, name).is_distinct_from(value) for name, value in new.items()])
    upsert = told.on_conflict_do_update(index_elements=["key"], set_=new, where=differs)
    return upsert.returning(Office.key)  # type: ignore[return-value]
