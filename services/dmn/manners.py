"""How much is asked of a file before it decides anything."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Manner:
    """In which way files are read."""

    lenient: bool  #: what cannot be read is null when it is decided, by the specification; otherwise it is a fault
    refuses: bool  #: what can be read, and would not do what its author meant, is a fault
    #: Camunda's one type for days with and without a time of day looks at days alone, and a list of values with a range
    #: in it ranks those beside it
    former: bool = False
    #: a literal expression gives what its own type says, and `instance of` asks for no list of values
    literals_have_types: bool = True
    #: what a default answer cannot be, and what its column does not list, is null with the reason
    defaults_are_held: bool = True


LENIENT = Manner(lenient=True, refuses=False)
STRICT = Manner(lenient=False, refuses=True)
#: of what decides already: a rule that is made later stops nobody's case
IN_FORCE = Manner(lenient=False, refuses=False)
FORMER = Manner(lenient=False, refuses=False, former=True, literals_have_types=False, defaults_are_held=False)
