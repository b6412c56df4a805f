"""`python -m tests.house picture TITLE FILE [ROOT]`, `measure [ROOT]`, `rooms PAGE`: of that folder, or this one."""

import sys
from pathlib import Path

from tests.house.plan import read

HERE = Path(__file__).parents[2]

match sys.argv[1:]:
    case ["picture", title, file, *root]:
        from tests.house.picture import draw

        Path(file).write_text(draw(read(Path(root[0]) if root else HERE), title), encoding="utf-8")
    case ["rooms", page]:
        from tests.house.rooms import written_into

        Path(page).write_text(written_into(Path(page).read_text(encoding="utf-8"), HERE), encoding="utf-8")
    case ["measure", *root]:
        from tests.house.measures import measure, table

        sys.stdout.write(table(measure(Path(root[0]) if root else HERE)))
    case _:
        sys.exit(__doc__)
