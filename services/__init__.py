"""What the application can do, without a screen. Each subject keeps its tables, rules, events and verbs in its own folder."""
