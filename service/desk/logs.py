"""Log lines that cannot quote a text: of an error only its kind and the places it came through."""

import logging
import traceback
from pathlib import Path
from types import TracebackType

_PLACES = 12
Error = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Brief(logging.Formatter):
    """Messages of exceptions are left out: they may quote what was being checked."""

    def formatException(self, ei: Error) -> str:
        kind, _, trace = ei
        places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-_PLACES:]]
        return f"{kind.__name__ if kind else 'error'} at " + " < ".join(reversed(places))
