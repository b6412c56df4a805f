"""In the reader's language: which one that is, and keys, dates, counts, drawings and calendars said in it."""
