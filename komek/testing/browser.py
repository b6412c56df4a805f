"""The browser that tests and pictures drive: Debian's where it is, else playwright's own.

Its headless shell renders the same with three quarters of the whole browser's processor seconds, and is playwright's
own choice, too.
"""

import os
import shutil

#: the whole browser, for what the shell has not: what a camera is called from one look to the next
WHOLE = os.environ.get("CHROMIUM") or shutil.which("chromium")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or WHOLE
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run", "--disable-dev-shm-usage"]  # fmt: skip
