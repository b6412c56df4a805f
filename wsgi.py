"""What gunicorn serves: `gunicorn wsgi:app`."""

from services.config import Config
from webapp import create_app
from webapp.rest import waiting
from webapp.start import need_tables

config = Config.from_env()
if not config.secret_key:  # each process would make its own, and sign people out again and again
    raise SystemExit("KOMEK_SECRET_KEY is not set: give all processes the same long random text")
app = create_app(config)
need_tables(app)
waiting.end_with_the_process()
