"""What gunicorn serves: `gunicorn wsgi:app`."""

import os

import structlog

from services import last_calls
from services.config import BadSetting, Config, NoRegionNamed, WeakKey, unheard
from services.regions import BadRegions, configured
from services.registry import NotOneRegion
from webapp import create_app
from webapp.rest import waiting
from webapp.serve.said import SaidLines, cannot_begin, tell
from webapp.serve.start import need_tables

structlog.configure(logger_factory=SaidLines)
try:
    config = configured(Config.from_env())
except (BadRegions, BadSetting) as fault:
    cannot_begin(str(fault))
if config.regions and not config.region:
    cannot_begin("KOMEK_REGIONS names several regions: say in KOMEK_REGION which of them these pages are")
if not config.secret_key:  # each process would make its own, and sign people out again and again
    cannot_begin("KOMEK_SECRET_KEY is not set: give all processes the same long random text")
try:
    config.check_keys()
    app = create_app(config)
except (NoRegionNamed, NotOneRegion, WeakKey) as fault:
    cannot_begin(str(fault))
for line in unheard(config, os.environ).values():
    tell(line)
need_tables(app)
last_calls.keep(config.var / "calls")
waiting.end_with_the_process()
