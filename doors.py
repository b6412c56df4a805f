"""What gunicorn serves in front of several regions: `gunicorn doors:app`."""

from services.config import BadSetting, Config
from services.regions import BadRegions
from webapp.serve.door import door
from webapp.serve.said import cannot_begin

try:
    app = door(Config.from_env())
except (BadRegions, BadSetting) as fault:
    cannot_begin(str(fault))
