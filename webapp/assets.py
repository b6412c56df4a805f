"""What the browser is served of others' work: copied or bundled from `node_modules`, so that nothing is loaded from
elsewhere.

`python -m webapp.assets` does it; the Makefile calls it.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from services.config import ROOT

VENDOR = Path(__file__).parent / "static" / "vendor"
MANIFEST = "manifest.json"
FILES = (
    "htmx.org/dist/htmx.min.js",
    "bpmn-js/dist/bpmn-navigated-viewer.production.min.js",
    "bpmn-js/dist/assets/diagram-js.css",
    "bpmn-js/dist/assets/bpmn-js.css",
    "dmn-js/dist/dmn-navigated-viewer.production.min.js",
    "dmn-js/dist/assets/dmn-js-shared.css",
    "dmn-js/dist/assets/dmn-js-drd.css",
    "dmn-js/dist/assets/dmn-js-decision-table.css",
    "dmn-js/dist/assets/dmn-js-literal-expression.css",
    "dmn-js/dist/assets/dmn-js-boxed-expression.css",
    "barcode-detector/dist/iife/ponyfill.js",
    "zxing-wasm/dist/reader/zxing_reader.wasm",
)
#: ours, with the packages they import bundled in: the same bytes at every run
BUNDLES = ("differ.js",)
SOURCES = Path(__file__).parent / "js"
#: where a file's own name says too little
NAMES = {"ponyfill.js": "barcode-detector.js"}
FONT = "@fontsource/ibm-plex-sans"
WEIGHTS = (400, 500, 600)
#: Kazakh is written with the last two
SUBSETS = ("latin", "cyrillic", "cyrillic-ext")
#: of these letters pages have ₸ alone: one weight serves all, or that sign would weigh as much as a script
SIGNS, SIGNS_WEIGHT = "latin-ext", 500


def copy_assets(modules: Path, vendor: Path) -> dict[str, str]:
    """File name -> SHA-256 of everything copied, as the manifest beside them says too. All of it, or nothing changes.

    Raises FileNotFoundError when a package is not installed.
    """
    new = vendor.with_name(f"{vendor.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for file in FILES:
        shutil.copyfile(modules / file, new / NAMES.get(Path(file).name, Path(file).name))
    for bundle in BUNDLES:
        _bundle(SOURCES / bundle, new / bundle, modules)
    (new / "plex.css").write_text(_copy_fonts(modules / FONT, new), encoding="utf-8")
    hashes = {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted(new.iterdir())}
    (new / MANIFEST).write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(vendor, ignore_errors=True)
    new.rename(vendor)
    return hashes


def _bundle(source: Path, target: Path, modules: Path) -> None:
    options = ["--bundle", "--minify", "--format=iife", "--target=es2020", "--log-level=error"]
    program = [str(modules / ".bin" / "esbuild"), str(source), f"--outfile={target}", *options]
    subprocess.run(program, check=True, cwd=modules.parent, env={**os.environ, "NODE_PATH": str(modules)})


def _copy_fonts(font: Path, folder: Path) -> str:
    """The style sheet that names them; the browser loads only the subsets whose letters a page has."""
    ranges = json.loads((font / "unicode.json").read_text(encoding="utf-8"))
    letters = [(subset, weight, weight) for weight in WEIGHTS for subset in SUBSETS]
    # said for each weight: a browser puts together only what has the same one
    signs = [(SIGNS, SIGNS_WEIGHT, weight) for weight in WEIGHTS]
    faces = []
    for subset, weight, serves in [*letters, *signs]:
        name = f"ibm-plex-sans-{subset}-{weight}-normal.woff2"
        shutil.copyfile(font / "files" / name, folder / name)
        version = hashlib.sha256((folder / name).read_bytes()).hexdigest()[:10]
        faces.append(
            f'@font-face{{font-family:"IBM Plex Sans";font-weight:{serves};font-display:swap;'
            f'src:url({name}?v={version}) format("woff2");unicode-range:{ranges[subset]}}}\n'
        )
    return "".join(faces)


if __name__ == "__main__":
    try:
        copied = copy_assets(ROOT / "node_modules", VENDOR)
    except FileNotFoundError as missing:
        sys.exit(f"{missing.filename} is missing: run npm ci first")
    sys.stdout.write(f"· {len(copied)} files for the browser\n")
