"""Traces as OpenTelemetry has them, an extra (`komek[traces]`): a span for each request, statement, plugin and job,
sent to a collector over OTLP/HTTP. Without one all this does nothing.

No person, no value and no address with its query stands in any: statements are shown without what fills them, a fault
by its kind.
"""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import partial
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection, Engine, event

from services import trail

#: a collector that does not answer keeps a process that ends no longer than that, in seconds
GIVEN_UP_S = 2.0
LONGEST_STATEMENT = 300
#: tells the tracer's SDK whose spans these are
SCOPE = "komek"


class NoTraces(ValueError):
    """KOMEK_TRACES_URL is set, and OpenTelemetry is not installed: pip install 'komek[traces]'."""


#: opens a span: name, attributes, what the caller says of the trace it belongs to
_open: Callable[[str, Mapping[str, Any], str | None], Any] | None = None


def send_to(url: str) -> None:
    """From now on this process, and those it forks, send their spans there: once for a process. Raises NoTraces."""
    global _open
    if not url or _open is not None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise NoTraces(NoTraces.__doc__) from error
    of = {"service.name": "komek", "service.version": version("komek"), "host.name": socket.gethostname()}
    provider = TracerProvider(resource=Resource(of))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(url, timeout=GIVEN_UP_S)))
    _open = partial(_opened, provider.get_tracer(SCOPE))
    event.listen(Engine, "before_cursor_execute", partial(_begins, provider.get_tracer(SCOPE)))
    event.listen(Engine, "after_cursor_execute", _ends)
    event.listen(Engine, "handle_error", _fails)


def span(name: str, attributes: Mapping[str, Any] | None = None, parent: str | None = None) -> Any:
    """What happens within belongs to a span of that name. `parent` is a `traceparent` header that is believed."""
    return nullcontext() if _open is None else _open(name, attributes or {}, parent)


@contextmanager
def _opened(tracer: Any, name: str, attributes: Mapping[str, Any], parent: str | None) -> Iterator[None]:
    from opentelemetry.trace import StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
    told = {"komek.request": trail.request_id(), "process.pid": os.getpid(), **attributes}
    with tracer.start_as_current_span(
        name, context, attributes=told, record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield
        except BaseException as error:
            opened.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def _begins(
    tracer: Any, connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> None:
    shown = " ".join(statement.split())[:LONGEST_STATEMENT]
    told = {"db.system.name": "postgresql", "db.query.text": shown}
    connection.info["span"] = tracer.start_span(shown.partition(" ")[0] or "statement", attributes=told)


def _ends(connection: Connection, *_: Any) -> None:
    opened = connection.info.pop("span", None)
    if opened is not None:
        opened.end()


def _fails(context: Any) -> None:
    from opentelemetry.trace import StatusCode

    opened = context.connection.info.pop("span", None) if context.connection is not None else None
    if opened is not None:
        opened.set_status(StatusCode.ERROR, str(getattr(context.original_exception, "sqlstate", "") or ""))
        opened.end()
