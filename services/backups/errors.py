"""What hinders a backup or its return, in words for whoever looks after the machine."""

from services.errors import Conflict, Invalid, NotFound


class NoBackups(Conflict):
    """There is no place for backups: KOMEK_BACKUPS names no folder."""


class BackupUnderWay(Conflict):
    """Another process works in %(folder)s just now: wait until it is done."""


class NoRoomForBackup(Conflict):
    """The disk of %(folder)s has %(free)s MB left, and %(needed)s MB are needed. Nothing was changed: make room."""


class NoPrograms(Conflict):
    """The database is PostgreSQL %(version)s, and its programs are not on this machine (%(programs)s).
    Install that version, or say where they lie: KOMEK_POSTGRES_PROGRAMS."""


class BackupNotMade(Conflict):
    """The backup was not made; the former ones are whole. PostgreSQL says: %(said)s"""


class HasTablespaces(Conflict):
    """The database keeps files in tablespaces, outside of its folder (%(names)s): such a one is not backed up here.
    Take the tables back into the database's folder, or use pgBackRest."""


class BackupDamaged(Conflict):
    """The backup %(name)s is not as it was made: %(said)s"""


class BadMoment(Invalid):
    """“%(said)s” is no moment: write it with its time zone, 2026-11-30T14:05:00+05:00, or write latest."""


class MomentToCome(Invalid):
    """%(moment)s is still to come: it is %(now)s."""


class NothingKept(NotFound):
    """There is no whole backup in %(folder)s."""


class BeforeBackups(NotFound):
    """No backup reaches back to %(moment)s: the first one was whole at %(first)s."""


class AfterBackups(NotFound):
    """What is kept ends before %(moment)s; the last change in it is of %(last)s. Restore that moment, or latest."""


class FolderTaken(Conflict):
    """There is something in %(folder)s already: a backup is only ever restored into a new folder."""


class NotRestored(Conflict):
    """The database was not brought to that moment. PostgreSQL says: %(said)s"""
