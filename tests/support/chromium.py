"""Starts the Chromium in the variable CHROMIUM, or the one that bin/find-chromium finds."""

import os
import subprocess

from playwright.sync_api import Browser, Playwright

from quo_admin import env


class NoChromium(Exception):
    """No Chromium was found or installed. The text is a sentence that says what to do."""


def launch(playwright: Playwright) -> Browser:
    """Start Chromium. Raises NoChromium."""
    # Chromium resolves no other host, so that even a faulty page stays on this machine.
    arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses its sandbox to root
    return playwright.chromium.launch(executable_path=_path(), args=arguments)


def _path() -> str:
    if os.environ.get("CHROMIUM"):
        return os.environ["CHROMIUM"]
    found = subprocess.run(
        ["bin/find-chromium"], cwd=env.BASE_DIR, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if found.returncode:
        raise NoChromium(found.stderr.strip().splitlines()[-1])
    return found.stdout.strip()
