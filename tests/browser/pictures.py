"""Updates the pictures in `docs/` from the demo: `make pictures`."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize, sync_playwright

from quo_admin import env
from tests.support.chromium import launch
from tests.support.sites import serving, signed_in

FOLDER = env.BASE_DIR / "docs"
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=800)


@dataclass(frozen=True)
class Picture:
    """The name of a picture's file, the path of the page, and what to click first."""

    name: str
    path: str
    is_phone: bool = False
    scheme: Literal["light", "dark"] = "light"
    clicks: tuple[str, ...] = ()


PICTURES = (
    Picture("overview", "/"),
    Picture("filters", "/numbers/?messaging_us=restricted&kind=local", clicks=("#more-filters summary",)),
    Picture("number", "/numbers/?q=denver+front", clicks=("#results tbody th a",)),
    Picture("teammate", "/teammates/?sort=-numbers", clicks=("#results tbody th a",), scheme="dark"),
    Picture("audit", "/audit/"),
    Picture("phone", "/numbers/?calling_intl=allowed", is_phone=True),
)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        serving(env.BASE_DIR, Path(folder)) as (url, password),
    ):
        browser = launch(playwright)
        cookies = signed_in(browser, url, password, Path(folder) / "data").cookies
        for picture in PICTURES:
            viewport = PHONE if picture.is_phone else DESKTOP
            context = browser.new_context(
                base_url=url, viewport=viewport, color_scheme=picture.scheme, storage_state=cookies
            )
            _take(context.new_page(), picture)
            context.close()
        browser.close()


def _take(page: Page, picture: Picture) -> None:
    page.goto(picture.path)
    for selector in picture.clicks:
        page.locator(selector).first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    sys.stdout.write(f"docs/{picture.name}.png\n")


if __name__ == "__main__":
    main()
