"""What the screens show of cases: one case, the lists, the registers, the papers that wait.

It reads, and leaves no trace but that of a look; the verbs of `services.cases` know nothing of it.
"""
