"""Forms that their plugin draws its own way: its template, in a sandbox, given what the contract says and no more."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from flask import flash
from flask_babel import gettext
from jinja2 import FileSystemLoader, PrefixLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from services import registry
from services.cases.pages.shown import TaskForm
from services.plugin import DecidedTable, Field
from services.registry import Registry
from webapp.language import dates
from webapp.language.words import t

logger = logging.getLogger(__name__)
#: the core's own drawing of one question: the field, what stands in all of them, the faults, what is hidden
Draws = Callable[[Field, Mapping[str, object], Mapping[str, str], frozenset[str]], Markup]


def drawn_by_plugin(
    form: TaskForm,
    errors: Mapping[str, str],
    draw: Draws,
    fired: Callable[[Sequence[DecidedTable]], Markup],
    not_in_act: str,
) -> Markup | None:
    """The questions as the form's plugin draws them; None when Komek draws them one under the other."""
    return _drawn(form.form.template, form, errors, draw, fired, not_in_act)


def drawn_beside(form: TaskForm, errors: Mapping[str, str], draw: Draws, not_in_act: str) -> Markup:
    """What the plugin looked up by what was typed; empty where it looks nothing up."""
    return _drawn(form.form.beside, form, errors, draw, lambda tables: Markup(), not_in_act) or Markup()


def _drawn(
    name: str | None,
    form: TaskForm,
    errors: Mapping[str, str],
    draw: Draws,
    fired: Callable[[Sequence[DecidedTable]], Markup],
    not_in_act: str,
) -> Markup | None:
    if not name:
        return None
    asked = [*form.fields, *(form.together.fields if form.together else [])]
    own = {each.name: each for each in asked}

    def field(asked_for: str) -> Markup:
        return draw(own[asked_for], form.answers, errors, form.hidden)

    try:
        template = _environment(registry.current()).get_template(name)
        return Markup(
            template.render(
                form=form.form, fields=asked, answers=form.answers, errors=errors, preview=form.preview,
                field=field, fired=lambda tables: fired(tables), not_in_act=not_in_act, t=t, _=gettext,
            )
        )  # fmt: skip
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        # the step can be done all the same: Komek asks the same questions; what an error says may be somebody's data
        logger.error("the template of a plugin failed: %s: %s", name, type(error).__name__)
        flash(gettext("The plugin could not draw this form: its questions stand one under the other."), "warning")
        return None


@lru_cache(maxsize=4)
def _environment(plugins: Registry) -> ImmutableSandboxedEnvironment:
    """Each plugin's templates under its own name: none draws over another's."""
    folders = {plugin.name: FileSystemLoader(plugin.folder / "templates" / plugin.name) for plugin in plugins.plugins}
    environment = ImmutableSandboxedEnvironment(
        loader=PrefixLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["money"] = dates.money
    return environment
