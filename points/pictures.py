"""Pictures that are uploaded: read strictly, rid of all that is no picture."""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from points.errors.pictures import PictureNotReadable, PictureTooLarge

LARGEST_FILE = 1_000_000
LARGEST_SIDE = 4_000
PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8\xff"
# What draws; time, text, camera and place are left out.
PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA"})
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = frozenset({1, 2, 4, 8, 16})
START_OF_FRAME = frozenset({0xC0, 0xC1, 0xC2})
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
JPEG_KEPT = START_OF_FRAME | {START_OF_SCAN, 0xC4, 0xDB, 0xDD, 0xE0, 0xEE}
# What cameras and programs write beside the picture: where, when, with what.
JPEG_NOTES = frozenset(range(0xE0, 0xF0)) | {0xFE}
RESTARTS = frozenset(range(0xD0, 0xD8))


class Picture(NamedTuple):
    """A picture that is nothing else: its bytes, type and size in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes, by which it is stored and addressed."""
        return hashlib.sha256(self.data).hexdigest()


def read_picture(data: bytes) -> Picture:
    """Return the picture in a PNG or JPEG file, without anything else that is in it.

    Every part is walked through: what is broken, of another kind or followed by other
    data is refused or dropped, and so is what a camera wrote beside the picture. Raises
    PictureNotReadable or PictureTooLarge.
    """
    if len(data) > LARGEST_FILE:
        raise PictureTooLarge
    try:
        if data.startswith(PNG_START):
            picture = _png(data)
        elif data.startswith(JPEG_START):
            picture = _jpeg(data)
        else:
            raise PictureNotReadable
    except (struct.error, zlib.error, IndexError) as error:
        raise PictureNotReadable from error
    return picture


def _check_size(width: int, height: int) -> None:
    if not (width and height):
        raise PictureNotReadable
    if max(width, height) > LARGEST_SIDE:
        raise PictureTooLarge


# PNG --------------------------------------------------------------------------


def _png(data: bytes) -> Picture:
    chunks = list(_chunks(data))
    if chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        raise PictureNotReadable
    width, height, depth, colour, packing, filters, lacing = struct.unpack(
        ">IIBBBBB", chunks[0][1]
    )
    _check_size(width, height)
    if colour not in SAMPLES or depth not in DEPTHS or packing or filters or lacing:
        raise PictureNotReadable
    row_bytes = 1 + -(-width * SAMPLES[colour] * depth // 8)
    pixels = b"".join(body for kind, body in chunks if kind == b"IDAT")
    _check_pixels(pixels, row_bytes * height)
    kept = (_chunk(kind, body) for kind, body in chunks if kind in PNG_KEPT)
    return Picture(PNG_START + b"".join(kept), "image/png", width, height)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and body of the chunks, to the end of the picture and no further."""
    place = len(PNG_START)
    kind = b""
    while kind != b"IEND":
        size, kind = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + size]
        (check,) = struct.unpack_from(">I", data, place + 8 + size)
        if zlib.crc32(kind + body) != check:
            raise PictureNotReadable
        yield kind, body
        place += 12 + size


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", check)


def _check_pixels(pixels: bytes, wanted: int) -> None:
    """Refuse what does not unpack to exactly so many bytes; never unpack more."""
    unpacker = zlib.decompressobj()
    unpacked = unpacker.decompress(pixels, wanted + 1)
    if len(unpacked) != wanted or not unpacker.eof or unpacker.unused_data:
        raise PictureNotReadable


# JPEG -------------------------------------------------------------------------


def _jpeg(data: bytes) -> Picture:
    parts = list(_segments(data))
    frames = [part for marker, part in parts if marker in START_OF_FRAME]
    if len(frames) != 1 or all(marker != START_OF_SCAN for marker, _part in parts):
        raise PictureNotReadable
    height, width = struct.unpack_from(">HH", frames[0], 5)
    _check_size(width, height)
    kept = b"".join(part for marker, part in parts if marker in JPEG_KEPT)
    return Picture(data[:2] + kept + b"\xff\xd9", "image/jpeg", width, height)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and bytes of the segments, to the end of the picture and no further."""
    place = 2
    while (marker := _marker(data, place)) != END_OF_IMAGE:
        if marker not in JPEG_KEPT | JPEG_NOTES:
            raise PictureNotReadable
        (length,) = struct.unpack_from(">H", data, place + 2)
        end = place + 2 + length
        if marker == START_OF_SCAN:
            end = _end_of_scan(data, end)
        yield marker, data[place:end]
        place = end


def _marker(data: bytes, place: int) -> int:
    if data[place] != 0xFF:  # noqa: PLR2004 -- every marker begins so
        raise PictureNotReadable
    return data[place + 1]


def _end_of_scan(data: bytes, place: int) -> int:
    """Return where the next marker is, but for those inside a scan."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0:
            raise PictureNotReadable
        if data[place + 1] != 0 and data[place + 1] not in RESTARTS:
            return place
        place += 2
