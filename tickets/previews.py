"""Small pictures of pictures, made once and kept beside the file."""

import os
import struct
import tempfile

from PIL import Image, ImageOps

from .files import path_of

SIDE = 320
# A picture of a few kilobytes may unfold into gigabytes; a camera makes no more than this.
MOST_PIXELS = 60_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
# What readers of pictures raise over a broken one.
SPOILT = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    TypeError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
)


def preview_of(sha256):
    """Where the small picture of a blob lies, made when it wasn't there yet; None when it can't be drawn safely."""
    target = path_of(sha256).with_suffix(".preview")
    if target.exists():
        return target
    try:
        with Image.open(path_of(sha256), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.draft("RGB", (SIDE, SIDE))
            picture.thumbnail((SIDE, SIDE))
            small = ImageOps.exif_transpose(picture).convert("RGBA")
    except SPOILT:
        return None
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as draft:
        small.save(draft, "WEBP", quality=78)
    os.replace(draft.name, target)
    return target
