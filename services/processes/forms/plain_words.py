"""Words of a form as they may be shown, however strange they came."""

import json
import re

_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()\s]*)\)")
_SIGNS = re.compile(r"(\*\*|__|`)")
_HEADING, _BULLET = re.compile(r"^\s*#{1,6} "), re.compile(r"^\s*[-*+] ")
_LINE_END = re.compile(r"<(br|/p|/div|/li|/h\d)[^<>]{0,200}>", re.I)
_ITEM = re.compile(r"<li[^<>]{0,200}>", re.I)


def plain(text: str) -> str:
    """Markdown or HTML as text in lines: links with their address, list items with a dot, no tags."""
    text = _ITEM.sub("• ", _LINE_END.sub("\n", text))
    text = _LINK.sub(lambda link: f"{link[1]} ({link[2]})" if link[2] else link[1], _TAG.sub("", text))
    lines = [_BULLET.sub("• ", _HEADING.sub("", line)) for line in text.splitlines()]
    return "\n".join(line for each in lines if (line := _SIGNS.sub("", each).strip()))


def prints(text: str) -> bool:
    """Whether it can be shown and kept: no signs that control, no halves of letters."""
    return all(letter.isprintable() or letter in "\n\r\t" for letter in text)


def said(value: object) -> str:
    """A value as it may be shown, however strange it is."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = value if isinstance(value, str) else json.dumps(value)
    return "".join(letter if letter.isprintable() else "?" for letter in text[:80])
