"""How much of the table is true: `python -m tests.oracle` says it, and where a row differs, how."""

from collections import Counter

from tests.oracle.play import Different, play
from tests.oracle.table import not_yet, rows


def differences() -> dict[str, str]:
    """Row -> how it differs."""
    found = {}
    for row in rows():
        try:
            play(row)
        except Different as fault:
            found[row.id] = str(fault).removeprefix(f"{row.id}: ")
    return found


def main() -> None:
    found, listed = differences(), not_yet()
    for key, why in found.items():
        print(f"{' ' if key in listed else '!'} {key}: {why[:300]}")  # noqa: T201
    for key in listed.keys() - found.keys():
        print(f"! {key} is listed and true")  # noqa: T201
    kinds = Counter(row.kind for row in rows())
    print(f"{len(rows())} rows of {len(kinds)} kinds, {len(rows()) - len(found)} true, {len(found)} not")  # noqa: T201


if __name__ == "__main__":
    main()
