"""The mark on English words that people read: the catalogues collect what is marked, the edge translates it."""


def _(msgid: str) -> str:
    """The words as they are, in English: they are translated when they are shown."""
    return msgid
