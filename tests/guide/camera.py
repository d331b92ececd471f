"""Pictures small enough to live in the repository: what the browser shows, in at most 255 colours.

The browser itself counts the colours (median cut, on a canvas); a PNG of a palette is then written here.
"""

import base64
import struct
import zlib
from collections.abc import Sequence

from playwright.sync_api import Page

_QUANTISE = """async source => {
  const bitmap = await createImageBitmap(await (await fetch(source)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    counts.set(colour, (counts.get(colour) || 0) + 1);
  }
  const part = (colour, shift) => (colour >> shift) & 255;
  const box = (colours) => {
    let widest = { shift: 0, range: -1 };
    for (const shift of [16, 8, 0]) {
      let low = 255, high = 0;
      for (const colour of colours) {
        low = Math.min(low, part(colour, shift));
        high = Math.max(high, part(colour, shift));
      }
      if (high - low > widest.range) widest = { shift, range: high - low };
    }
    const weight = colours.reduce((sum, colour) => sum + Math.sqrt(counts.get(colour)), 0);
    return { colours, shift: widest.shift, rank: colours.length > 1 ? widest.range * Math.sqrt(weight) : 0 };
  };
  let boxes = [box([...counts.keys()])];
  while (boxes.length < 255) {
    boxes.sort((one, other) => one.rank - other.rank);
    const { colours, shift, rank } = boxes.pop();
    if (!rank) { boxes.push(box(colours)); break; }
    colours.sort((one, other) => part(one, shift) - part(other, shift));
    const half = colours.reduce((sum, colour) => sum + Math.sqrt(counts.get(colour)), 0) / 2;
    let cut = 0, sum = 0;
    while (cut < colours.length - 1 && (cut === 0 || sum < half)) sum += Math.sqrt(counts.get(colours[cut++]));
    boxes.push(box(colours.slice(0, cut)), box(colours.slice(cut)));
  }
  const palette = [], entry = new Map();
  boxes.forEach(({ colours }, number) => {
    const commonest = colours.reduce((best, colour) => counts.get(colour) > counts.get(best) ? colour : best);
    palette.push(part(commonest, 16), part(commonest, 8), part(commonest, 0));
    colours.forEach((colour) => entry.set(colour, number));
  });
  const pixels = new Uint8Array(width * height);
  for (let at = 0; at < pixels.length; at++)
    pixels[at] = entry.get((data[4 * at] << 16) | (data[4 * at + 1] << 8) | data[4 * at + 2]);
  const coded = (bytes) => new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",")[1]);
    reader.readAsDataURL(new Blob([bytes]));
  });
  return [width, height, await coded(new Uint8Array(palette)), await coded(pixels)];
}"""

_REWRITE = """table => {
  const rewritten = (text) => table.reduce((now, [from, to]) => now.replaceAll(new RegExp(from, "g"), to), text);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = rewritten(walker.currentNode.data);
    if (text !== walker.currentNode.data) walker.currentNode.data = text;
  }
  for (const field of document.querySelectorAll("input:not([type=file])")) field.value = rewritten(field.value);
}"""
Names = Sequence[tuple[str, str]]
"""Regular expressions, and what the reader sees for them."""


def rewrite(page: Page, names: Names) -> None:
    """Ports and secrets are others in each run; what a reader sees is not."""
    page.evaluate(_REWRITE, list(map(list, names)))


def compact(darkroom: Page, picture: bytes) -> bytes:
    """The same picture as a PNG of a palette. `darkroom` is an empty page, which no policy restricts."""
    source = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    width, height, palette, pixels = darkroom.evaluate(_QUANTISE, source)
    return _png(width, height, base64.b64decode(palette), base64.b64decode(pixels))


def _png(width: int, height: int, palette: bytes, pixels: bytes) -> bytes:
    """PNG, second edition, section 11: colour type 3, eight bits, no filter."""
    lines = b"".join(b"\0" + pixels[row * width : (row + 1) * width] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    kind, content = part
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
