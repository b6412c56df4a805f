"""What the browser is served of others' work: copied from `node_modules`, so that nothing is loaded from elsewhere.

`python -m webapp.assets` does it; the Makefile calls it.
"""

import shutil
import sys
from pathlib import Path

from services.config import ROOT

VENDOR = Path(__file__).parent / "static" / "vendor"
FILES = (
    "htmx.org/dist/htmx.min.js",
    "bpmn-js/dist/bpmn-navigated-viewer.production.min.js",
    "bpmn-js/dist/assets/diagram-js.css",
    "bpmn-js/dist/assets/bpmn-js.css",
)
WEIGHTS = (400, 500, 600)
SUBSETS = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,"
    "U+2212,U+2215,U+FEFF,U+FFFD",
    "latin-ext": "U+0100-02BA,U+1E00-1E9F,U+20A0-20AB,U+20AD-20C0",
    "cyrillic": "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116",
    "cyrillic-ext": "U+0460-052F,U+1C80-1C8A,U+20B4,U+2DE0-2DFF,U+A640-A69F",
}


def copy_assets(modules: Path, vendor: Path) -> int:
    """How many files were copied. Raises FileNotFoundError when a package is not installed."""
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    for file in FILES:
        shutil.copy(modules / file, vendor / Path(file).name)
    faces = [_copy_font(modules, vendor, weight, subset) for weight in WEIGHTS for subset in SUBSETS]
    (vendor / "plex.css").write_text("\n".join(faces) + "\n", encoding="utf-8")
    return len(FILES) + len(faces) + 1


def _copy_font(modules: Path, vendor: Path, weight: int, subset: str) -> str:
    name = f"ibm-plex-sans-{subset}-{weight}-normal.woff2"
    shutil.copy(modules / "@fontsource/ibm-plex-sans/files" / name, vendor / name)
    return (
        f'@font-face{{font-family:"IBM Plex Sans";font-weight:{weight};font-display:swap;'
        f'src:url({name}) format("woff2");unicode-range:{SUBSETS[subset]}}}'
    )


if __name__ == "__main__":
    try:
        copied = copy_assets(ROOT / "node_modules", VENDOR)
    except FileNotFoundError as missing:
        sys.exit(f"{missing.filename} is missing: run npm ci first")
    sys.stdout.write(f"{copied} files for the browser\n")
