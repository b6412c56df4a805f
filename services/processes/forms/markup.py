"""Texts of a form that are Markdown or HTML: only what stands still is shown, and nothing of another host."""

import html
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import nh3

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# fmt: off
_TAGS = frozenset([
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "li", "mark", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
])
_ATTRIBUTES = {
    "a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}, "abbr": {"title"},
}
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
#: what would run, ask or load something: never shown
_REFUSED = frozenset([
    "script", "iframe", "frame", "frameset", "object", "embed", "applet", "portal", "link", "meta", "base", "form",
    "input", "button", "select", "textarea", "svg", "math", "video", "audio", "template",
])
# fmt: on
_HEADING = re.compile(r"<(/?)h([1-6])>")
#: every sign that means something in Markdown; each may stand behind a backslash
_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")


@cache
def _markdown() -> "MarkdownIt":
    """Made when a form first has such a text: few have one."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"breaks": True}).enable(["table", "strikethrough"]).disable("image")


def escaped(markup: str, text: str) -> str:
    """What was answered, so that it stands for itself in such a text."""
    if markup == "html":
        return html.escape(text)
    if markup == "markdown":
        lines = (" ".join(line.split()) for line in text.splitlines())
        return "\\\n".join(_SIGNS.sub(r"\\\1", line) for line in lines if line)
    return text


@lru_cache(maxsize=512)
def marked(text: str, markup: str) -> str:
    """As HTML that is safe to show: below the page's own headings, links in a window of their own."""
    found = nh3.clean(
        _markdown().render(text) if markup == "markdown" else text,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return _HEADING.sub(lambda tag: f"<{tag[1]}h{min(max(int(tag[2]) + 1, 3), 6)}>", found)


def not_shown(text: str, markup: str) -> tuple[list[str], list[str]]:
    """What of it is refused, and what is left out, as it is written: `<script>`, `onclick`, `style`."""
    reader = _Tags()
    reader.feed(_markdown().render(text) if markup == "markdown" else text)
    reader.close()
    pictures = ["![…](…)"] if markup == "markdown" and re.search(r"!\[[^\]]*\]\([^)]*\)", text) else []
    return list(dict.fromkeys(reader.refused)), list(dict.fromkeys([*pictures, *reader.left_out]))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.left_out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _REFUSED:
            self.refused.append(f"<{tag}>")
        elif tag not in _TAGS:
            self.left_out.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on"):
                self.refused.append(name)
            elif name in ("href", "src") and any(_runs(value or "")):
                self.refused.append((value or "")[:40])
            elif name not in _ATTRIBUTES.get(tag, ()) and tag in _TAGS and name not in ("target", "rel"):
                self.left_out.append(name)


def _runs(address: str) -> Iterator[bool]:
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\s\0-\x20]", "", html.unescape(address)).lower())
    yield scheme is not None and scheme[1] not in _SCHEMES and scheme[1] != "data"
    yield scheme is not None and scheme[1] == "data" and "html" in address.lower()
