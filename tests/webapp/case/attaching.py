"""Files to attach, and a drawn form that asks for them."""

import base64
import io
import json

import typst
from PIL import Image

PAGE = typst.compile("Анықтама № 12".encode())


def scan(colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(made, "PNG")
    return made.getvalue()


DRAWN = json.dumps({"type": "default", "id": "home_visit", "schemaVersion": 19, "components": [
    {"type": "image", "alt": "Үлгі", "source": "data:image/png;base64," + base64.b64encode(scan()).decode()},
    {"type": "filepicker", "key": "scans", "label": "Сканерленген құжаттар", "multiple": True,
     "accept": ".pdf,image/*", "validate": {"required": True}},
    {"type": "documentPreview", "label": "Тіркелгендер", "dataSource": "=scans"},
    {"type": "textfield", "key": "why", "label": "Түсіндірме", "conditional": {"hide": "=count(scans) < 2"}},
]}).encode()  # fmt: skip
