"""What the application can do, without a screen. Each subject keeps its tables, rules and verbs in its own folder."""
