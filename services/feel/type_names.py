"""The names of types in a FEEL text: `list<number>`, `context<a: string>`, `function<date> -> boolean`."""

import re

from services.feel.nodes import Type
from services.feel.run import FeelRefused
from services.feel.scanning import Scanner, pattern

TYPES = (
    "years and months duration", "year-month duration", "yearMonthDuration", "days and time duration",
    "day-time duration", "dayTimeDuration", "date and time", "dateTime", "date", "time", "number", "string", "boolean",
    "Any", "Null", "list", "context", "function", "range",
)  # fmt: skip


class TypeReader(Scanner):
    """Reads types; one that the model defines is any other name."""

    def type(self) -> Type:
        with self.deeper():
            for name in TYPES:
                found = pattern(name).match(self.text, self.at)
                if found and (name in self.specials or not self._longer(name)):
                    self.at = found.end()
                    self.skip()
                    return self._parts_of(name)
            name = self.known() or self.token() or ""
            while name and self.take("."):
                name += "." + (self.known() or self.token() or "")
            if not name:
                raise FeelRefused("a type is missing")
            return Type(name)

    def _longer(self, name: str) -> bool:
        """Whether a name that is known begins here, and is longer."""
        at, found = self.at, self.known()
        self.at = at
        return found is not None and len(found) > len(name)

    def _parts_of(self, name: str) -> Type:
        if name not in ("list", "range", "context", "function") or not self.take("<"):
            return Type(name)
        names: list[str] = []
        parts: list[Type] = []
        while not self.take(">"):
            if parts:
                self.need(",")
            if name == "context":
                names.append(self.name_before(re.compile(r"\s*:")))
                self.need(":")
            parts.append(self.type())
        result = None
        if name == "function":
            self.need("->")
            result = self.type()
        return Type(name, tuple(parts), tuple(names), result)
