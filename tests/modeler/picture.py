"""The picture of Modeler's editor with our plugin, for the designers' docs: part of `make pictures`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from komek.testing.browser import ARGUMENTS, CHROMIUM
from services.config import ROOT
from tests.modeler.conftest import BUNDLE, Editor, diagram

#: as the desktop application shows it: our page has no panel of problems below
HIDDEN = ".djs-minimap, .bjs-powered-by ~ *, .djs-context-pad { display: none !important }"


def main(folder: Path) -> None:
    """Write modeler.png: a step made from a template, its fields, and what is still wrong with the drawing."""
    with tempfile.TemporaryDirectory(prefix="modeler-") as home, sync_playwright() as playwright:
        subprocess.run(["node", BUNDLE, home], check=True, cwd=ROOT)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1366, "height": 768}, device_scale_factor=1.5)
        page.goto((Path(home) / "with.html").as_uri())
        editor = Editor(page)
        editor.open(diagram("direct"))
        made = editor.append("Service_Prepare", "courier_handover.prepare")
        editor.until("() => editor.problems().length > 0")
        editor.do("select", made)
        page.locator("#properties").get_by_text("Не беріледі").click()
        page.add_style_tag(content=HIDDEN)
        editor.do("show", made)
        page.wait_for_timeout(500)
        page.screenshot(path=folder / "modeler.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
