"""A case's drawings as text: drawn once for all cases under the same files that stand at the same steps.

Drawn anew at each look they were a tenth of what the page of a case costs.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock

from markupsafe import Markup

from services import processes, registry
from services.processes import OutlineLine
from webapp.language.i18n import catalogue, language
from webapp.language.laws import law_here
from webapp.language.words import names_here

#: so many stay known to a process, each some 15 kB
MOST = 300
Drawing = tuple[str, str, tuple[OutlineLine, ...]]
#: the macro `outline` of templates/_outline.html
Draws = Callable[..., Markup]

_known: dict[Hashable, Markup] = {}
_keeping = Lock()


@dataclass(frozen=True)
class Outlines:
    """The drawings of a case, their own process first: process -> the definition in which it is drawn."""

    drawn_in: Mapping[str, int]

    def named(self) -> list[tuple[str, str]]:
        """What each is called in the reader's language, and its process."""
        said = (language(), registry.current())
        return [(processes.title(each, process, *said), process) for process, each in self.drawn_in.items()]

    def lines(self) -> list[Drawing]:
        """Name, process and lines of each."""
        said = (language(), registry.current())
        return [(name, process, processes.outline(self.drawn_in[process], process, *said))
                for name, process in self.named()]  # fmt: skip

    def said(self, draw: Draws, route: str, marks: Mapping[str, Mapping[str, str]]) -> Markup:
        """What the macro draws of them, with what is done and where it stands; as it is known, where it is."""
        files = tuple((processes.definition(each).sha256, process) for process, each in self.drawn_in.items())
        stands = frozenset((process, *each) for process, of in marks.items() for each in of.items())
        # all that it looks at
        key = (files, stands, route, catalogue(), names_here(), law_here(), registry.current())
        return _kept(key, lambda: draw(self.lines(), route, marks, keys=False))


def _kept(key: Hashable, draw: Callable[[], Markup]) -> Markup:
    found = _known.get(key)
    if found is None:
        found = draw()
        with _keeping:
            _known[key] = found
            if len(_known) > MOST:
                del _known[next(iter(_known))]
    return found
