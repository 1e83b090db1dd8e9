"""Pictures lying whole inside old binary documents, found by their signatures."""

from collections.abc import Iterator

_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_JPEG, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"


def carve(data: bytes) -> Iterator[bytes]:
    """PNG and JPEG files in the order they lie."""
    position = 0
    while True:
        starts = [start for start in (data.find(_PNG, position), data.find(_JPEG, position)) if start >= 0]
        if not starts:
            return
        start = min(starts)
        end = _end(data, start)
        if end < 0:
            position = start + 3
            continue
        yield data[start:end]
        position = end


def _end(data: bytes, start: int) -> int:
    if data.startswith(_PNG, start):
        end = data.find(_PNG_END, start)
        return end + len(_PNG_END) if end >= 0 else -1
    return _jpeg_end(data, start)


def _jpeg_end(data: bytes, start: int) -> int:
    """Walk the segments, so that the end mark of a thumbnail inside is not taken for the end."""
    position = start + 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        mark = data[position + 1]
        if mark == 0xDA:
            end = data.find(_JPEG_END, position)
            return end + 2 if end >= 0 else -1
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return -1
