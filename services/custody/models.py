"""Where the paper is: folders and results under their barcodes, their scans, and the consignments that carry them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base, only_added_to

SINCE = ("since", "code")


class Consignment(Base):
    """What one courier run carries from one office to another: a registry (реестр) and the papers on it."""

    __tablename__ = "consignment"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'closed', 'in_transit', 'received')", name="state"),
        Index("uq_consignment_draft", "from_key", "to_key", unique=True, postgresql_where=text("state = 'draft'")),
        Index("ix_consignment_from", "from_key", "id"),
        Index("ix_consignment_to", "to_key", "id"),
        Index(None, "number", unique=True, postgresql_where=text("number IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    from_key: Mapped[str]
    to_key: Mapped[str]
    #: of the registry, on its barcode; given when it is closed
    number: Mapped[str | None] = mapped_column(Text(collation="C"))
    state: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None]
    handed_over_at: Mapped[datetime | None]
    handed_over_by_id: Mapped[int | None]
    received_at: Mapped[datetime | None]
    received_by_id: Mapped[int | None]
    #: whose badge was scanned when it was handed over; a courier with no account is not known
    courier_id: Mapped[int | None]
    #: when the courier said that it was at its receiver's; what came is what the receiver scans
    delivered_at: Mapped[datetime | None]
    #: when its act of discrepancy was signed on paper, who recorded that, and who signed for the other side
    act_signed_at: Mapped[datetime | None]
    act_signed_by_id: Mapped[int | None]
    act_signed_with: Mapped[str | None]
    #: how often its registry was printed
    copies: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class Item(Base):
    """A paper under barcode: a case's folder, its result, an appeal. What is on its barcode is its key."""

    __tablename__ = "custody_item"
    __table_args__ = (
        CheckConstraint("kind IN ('folder', 'result', 'appeal')", name="kind"),
        CheckConstraint(
            "state IN ('here', 'to_send', 'listed', 'in_transit', 'missing', 'gone', 'annulled')", name="state"
        ),
        CheckConstraint("signature IN ('', 'awaited', 'ink', 'key')", name="signature"),
        Index("ix_custody_item_case", "case_id"),
        Index("ix_custody_item_office", "office_key", "state", *SINCE),
        Index("ix_custody_item_destination", "destination_key", "state", *SINCE),
        # what waits to be signed at an office
        Index("ix_custody_item_awaited", "office_key", *SINCE, postgresql_where=text("signature = 'awaited'::text")),
    )

    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    kind: Mapped[str]
    case_id: Mapped[int]
    #: where it was last scanned: who answers for it until somebody else scans it
    office_key: Mapped[str]
    destination_key: Mapped[str | None]
    state: Mapped[str]
    #: when it came into that state
    since: Mapped[datetime]
    consignment_id: Mapped[int | None] = mapped_column(ForeignKey("consignment.id"))
    #: originals that go back to the applicant with a result (I-41)
    originals: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    #: empty for what nobody signs; awaited until it is confirmed that it was signed by ink, or with a key
    signature: Mapped[str] = mapped_column(default="", server_default=text("''"))
    #: whose name stands under it
    signer_id: Mapped[int | None]


class ConsignmentLine(Base):
    """A paper on a registry. One that was missing may stand on a later registry, too."""

    __tablename__ = "consignment_line"
    __table_args__ = (
        CheckConstraint("state IN ('listed', 'sent', 'received', 'missing', 'extra', 'misrouted')", name="state"),
        Index(None, "code"),
    )

    consignment_id: Mapped[int] = mapped_column(ForeignKey("consignment.id"), primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), ForeignKey("custody_item.code"), primary_key=True)
    #: the order in which they were put in
    seq: Mapped[int] = mapped_column(BigInteger, Identity())
    state: Mapped[str]
    scanned_at: Mapped[datetime | None]
    #: what is wrong with the paper itself, in the words of whoever unpacked it
    damage: Mapped[str] = mapped_column(default="", server_default=text("''"))


class Label(Base):
    """A label printed before anybody knew which paper it would be on: for a counter without a network, a lost label."""

    __tablename__ = "custody_label"

    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    office_key: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int]
    #: the paper it is on since then
    item_code: Mapped[str | None] = mapped_column(Text(collation="C"), ForeignKey("custody_item.code"))
    #: whose folder it was on before the case had a number
    case_id: Mapped[int | None]
    bound_at: Mapped[datetime | None]


class Photo(Base):
    """A picture of a damaged paper, made smaller and without what the camera added."""

    __tablename__ = "custody_photo"
    __table_args__ = (Index(None, "consignment_id", "code"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    consignment_id: Mapped[int] = mapped_column(ForeignKey("consignment.id"))
    code: Mapped[str] = mapped_column(Text(collation="C"), ForeignKey("custody_item.code"))
    jpeg: Mapped[bytes] = mapped_column(deferred=True)
    added_at: Mapped[datetime]
    added_by_id: Mapped[int]


class CustodyEvent(Base):
    """One line of a paper's custody. Only ever added to: a correction is a line more."""

    __tablename__ = "custody_event"
    __table_args__ = (Index(None, "code", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), ForeignKey("custody_item.code"))
    #: tracked, prepared, listed, unlisted, handed_over, received, missing, found, misrouted, damaged, relabelled,
    #: labelled, replaced, unclaimed, signed, unsigned, annulled, posted, issued, came_back, kept, called_back,
    #: superseded, taken_over, taken_back
    event: Mapped[str]
    #: OUT-PSC, IN-BODY, OUT-BODY, IN-PSC; empty for what is no scan of a run
    point: Mapped[str] = mapped_column(default="")
    office_key: Mapped[str]
    #: whose scan or click it was; none when the process did it by itself
    staff_id: Mapped[int | None]
    at: Mapped[datetime]
    #: by the clock of a computer that had no network then: said, never counted with
    happened_at: Mapped[datetime | None]
    consignment_id: Mapped[int | None]
    details: Mapped[dict[str, object]] = mapped_column(JSONB, default=dict)


#: as the migration says it: PostgreSQL itself refuses to change what was written
APPEND_ONLY = """
CREATE OR REPLACE FUNCTION custody_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'custody is only ever added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_event
FOR EACH STATEMENT EXECUTE FUNCTION custody_is_append_only();
"""
only_added_to(CustodyEvent.__table__, APPEND_ONLY)
