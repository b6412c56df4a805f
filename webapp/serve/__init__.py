"""Running it: the supervisor, the pages' processes, the worker, and what must hold before any of them works."""
