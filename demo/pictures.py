"""One picture without any writing, for picture posts."""

import struct
import zlib

_WIDTH, _HEIGHT = 320, 180


def scenery() -> bytes:
    """A PNG of sky, hills and field in flat colours."""
    rows = bytearray()
    for y in range(_HEIGHT):
        rows.append(0)
        for x in range(_WIDTH):
            hill = 90 + abs((x % 160) - 80) // 3
            rows += bytes((150, 200, 235) if y < hill else (96, 150, 88) if y < 140 else (196, 170, 96))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
