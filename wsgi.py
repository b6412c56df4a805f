"""What gunicorn serves: `gunicorn wsgi:app`."""

from services.config import Config, WeakKey
from webapp import create_app
from webapp.rest import waiting
from webapp.serve.start import need_tables

config = Config.from_env()
if not config.secret_key:  # each process would make its own, and sign people out again and again
    raise SystemExit("KOMEK_SECRET_KEY is not set: give all processes the same long random text")
try:
    config.check_keys()
except WeakKey as fault:
    raise SystemExit(str(fault)) from None
app = create_app(config)
need_tables(app)
waiting.end_with_the_process()
