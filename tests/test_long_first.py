"""In which order several processes are given the tests."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.conftest import long_first, woven


class Item:
    """As much of a test as the order asks for."""

    def __init__(self, file: str, number: int, *marks: str) -> None:
        self.path, self.number, self.marks = Path(file), number, marks

    def get_closest_marker(self, name: str) -> bool:
        return name in self.marks


def items_of(file: str, count: int, *marks: str) -> list[Any]:
    return [Item(file, number, *marks) for number in range(count)]


def collected() -> list[Any]:
    """Short files of sixty tests each, long ones of four among them, and one that is slow."""
    found: list[Any] = []
    for number in range(12):
        found += items_of(f"short_{number}", 60)
        found += items_of(f"long_{number}", 4, "browser")
    return found + items_of("slow", 3, "slow")


def files_of(items: list[Any]) -> Iterator[str]:
    return (path.name for path, _ in groupby(items, key=lambda item: item.path))


def test_each_process_begins_with_a_long_file_has_short_tests_in_between_and_ends_with_them() -> None:
    before = collected()
    ordered: list[Any] = long_first(list(before), 3)
    assert len(ordered) == len(before) and set(ordered) == set(before)
    stretch, begins = len(ordered) // 3, []
    for at in range(3):
        mine = ordered[at * stretch : (at + 1) * stretch]
        long = [number for number, item in enumerate(mine) if item.marks]
        begins.append(mine[0].path.name)
        assert long[0] == 0 and long[-1] < stretch * 0.85, "a last quarter of the short ones evens out the end"
        assert 3 < len({mine[number].path for number in long}) < 6, "each has its share of the long files"
        kinds = [key for key, _ in groupby(mine, key=lambda item: bool(item.marks))]
        assert kinds.count(True) > 2, "short ones lie in between"
    assert begins[0] == "slow" and {name.partition("_")[0] for name in begins[1:]} == {"long"}


def test_a_short_file_is_not_parted_by_a_long_one() -> None:
    short = [*items_of("a", 50), *items_of("b", 50)]
    ordered = woven([items_of("one", 2, "slow"), items_of("two", 2, "slow")], short)
    assert list(files_of(ordered)) == ["one", "a", "two", "b"]


def test_without_long_files_or_without_short_ones_nothing_is_lost() -> None:
    short, long = items_of("a", 5), items_of("b", 5, "browser")
    assert long_first(short, 3) == short and long_first(long, 3) == long
