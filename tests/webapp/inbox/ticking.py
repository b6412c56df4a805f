"""Rows ticked in the list on the screen, and what the page says became of each."""

from komek.testing.surfer import Surfer


def tick(surfer: Surfer, tasks: list[str], act: str, **more: object) -> list[tuple[str, str]]:
    """Tick those in the list on the screen, and do that; number and verdict of each."""
    values = {"task": tasks, "act": act, **more}
    form = surfer.form("/lists/several")
    sent = {**dict(form.form_values()), **values}
    surfer.page = surfer._ask("POST", form.action, data=sent)
    return verdicts(surfer)


def verdicts(surfer: Surfer) -> list[tuple[str, str]]:
    rows = surfer.tree.xpath("//*[@class='verdicts']//tbody/tr")
    return sorted(tuple(cell.text_content() for cell in row.xpath("td")) for row in rows)
