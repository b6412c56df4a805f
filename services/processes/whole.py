"""A deployment is a whole that stands alone: what was sent, what that uses, and what uses it. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.bpmn import ANY_PROCESS, Contents, FileSet, Thing


@dataclass(frozen=True)
class Whole:
    """The files of a deployment, and the processes in them that can be started."""

    files: FileSet
    sent: frozenset[str]  #: names of those that were sent; the others were in force already
    #: process -> digest of every file that it hangs on; those of the files sent come first, in their order
    processes: Mapping[str, str]
    resources: Mapping[str, str]  #: process -> its file


def gather(sent: Mapping[str, bytes], in_force: Mapping[str, bytes]) -> Whole:
    """What belongs together. A file in force that gives what a sent one gives is replaced by it. Raises BadDiagram."""
    read = FileSet.of(in_force)
    known = _contents(read.others(sent))
    given = {thing for each in known.values() for thing in each.gives}
    files = dict(sent)
    for name, content in read.items():
        there = read.contents(name)
        if not there.gives & given:
            kept = _free(name, files)
            files[kept], known[kept] = content, there
    givers = _givers(known)
    users = {name for name in known if name not in sent and _reached([name], known, givers) & set(sent)}
    belongs = _reached([*sent, *users], known, givers)
    order = [name for name in [*sent, *sorted(belongs - set(sent))] if name in belongs]
    resources = {key: name for name in order if name in set(sent) | users for key in known[name].executable}
    digests = {name: _digest(files[each] for each in _reached([name], known, givers)) for name in order}
    return Whole(
        files=read.others({name: files[name] for name in order}),
        sent=frozenset(sent),
        processes={key: digests[name] for key, name in resources.items()},
        resources=resources,
    )


def closure(name: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The file, then every one that it hangs on. Raises BadDiagram."""
    known = _contents(FileSet.of(files))
    return {each: files[each] for each in [name, *sorted(_reached([name], known, _givers(known)) - {name})]}


def _contents(files: FileSet) -> dict[str, Contents]:
    return {name: files.contents(name) for name in files}


def _givers(known: Mapping[str, Contents]) -> dict[Thing, str]:
    return {thing: name for name, each in known.items() for thing in each.gives}


def _reached(names: Iterable[str], known: Mapping[str, Contents], givers: Mapping[Thing, str]) -> set[str]:
    """The files, and all that they hang on, however far."""
    reached: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += [givers[thing] for thing in known[name].needs if thing in givers]
            if ANY_PROCESS in known[name].needs:
                ahead += [each for each in known if known[each].executable]
    return reached


def _digest(contents: Iterable[bytes]) -> str:
    """Over what the files say, not over what they are called."""
    each = sorted(hashlib.sha256(content).digest() for content in contents)
    return hashlib.sha256(b"".join(each)).hexdigest()


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    """The name, or one like it when another file is called so."""
    stem, dot, ending = name.rpartition(".")
    at = 2
    while name in taken:
        name, at = f"{stem} ({at}){dot}{ending}", at + 1
    return name
