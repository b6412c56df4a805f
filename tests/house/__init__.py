"""The house seen from outside: its rooms and arrows drawn (`make map`), and its measures (`make measure`)."""
