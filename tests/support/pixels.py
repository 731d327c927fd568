"""Compares two screenshots of the same control. Chromium decodes them, in a page of its own."""

from base64 import b64encode

from playwright.sync_api import Page

# Returns how many pixels differ in contrast by at least 2 to 1. WCAG asks for 3 to 1 from a focus ring; its rounded
# edges have less.
CHANGED = """async (pictures) => {
  const pixels = async (picture) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
    const brush = new OffscreenCanvas(image.width, image.height).getContext("2d");
    brush.drawImage(image, 0, 0);
    return brush.getImageData(0, 0, image.width, image.height).data;
  };
  const linear = (value) => (value <= 10 ? value / 3295 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const lightness = (data, at) =>
    0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2]) + 0.05;
  const [before, after] = await Promise.all(pictures.map(pixels));
  let changed = 0;
  for (let at = 0; at < before.length; at += 4) {
    const ratio = lightness(before, at) / lightness(after, at);
    if (ratio >= 2 || ratio <= 1 / 2) changed += 1;
  }
  return changed;
}"""


def changed_pixels(page: Page, before: bytes, after: bytes) -> int:
    """Return how many pixels differ clearly. `page` is any page that may fetch `data:` URLs."""
    return int(page.evaluate(CHANGED, [b64encode(picture).decode() for picture in (before, after)]))
