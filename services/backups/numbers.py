"""Registration numbers of a database that was brought back: each held once, none missing, none beyond its series."""

from typing import Any

import psycopg

_SERIES = """
    WITH held AS (
        SELECT regexp_match(number, '^([A-Z]?[0-9]+)-([0-9]{4})-([0-9]{5,})$') AS part
        FROM (SELECT number FROM process_instance UNION SELECT number FROM "case") AS every WHERE number IS NOT NULL
    ), counted AS (
        SELECT part[1] AS office, part[2]::int AS year, min(part[3]::int) AS first, max(part[3]::int) AS top,
               count(*) AS held
        FROM held WHERE part IS NOT NULL GROUP BY 1, 2
    )
    SELECT lpad(s.office_number, greatest(2, length(s.office_number)), '0'), s.year, s.last, c.first, c.top, c.held
    FROM number_series s JOIN counted c
      ON c.office = lpad(s.office_number, greatest(2, length(s.office_number)), '0') AND c.year = s.year
    WHERE s.series = 'in' ORDER BY 1, 2
"""


def faults_in_numbers(connection: psycopg.Connection[Any]) -> list[str]:
    """What is wrong with the numbers of applications, a line for each series. From the first that Komek itself gave:
    those before it stand in a book of paper."""
    faults = []
    for office, year, last, first, top, held in connection.execute(_SERIES).fetchall():
        if top > last:
            faults.append(f"{office}-{year}: {top} is held, the series says {last}")
        elif held != last - first + 1:
            faults.append(f"{office}-{year}: {held} held from {first} to {last}")
    return faults
