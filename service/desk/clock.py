"""The service's clock: the real one, or for a demo county one that was set to XUNCHA_NOW (`ISO@EPOCH`: the moment it shows, the real second at which it was set)."""

import os
import time
from datetime import date, datetime, timedelta

from core.calendar import SHANGHAI, shanghai

_started = time.time()


def now() -> datetime:
    """This moment in Shanghai."""
    given, _, since = os.environ.get("XUNCHA_NOW", "").partition("@")
    if given:
        return shanghai(datetime.fromisoformat(given)) + timedelta(seconds=time.time() - float(since or _started))
    return datetime.now(SHANGHAI)


def today() -> date:
    """The Shanghai day."""
    return now().date()


def show(moment: datetime) -> None:
    """Set this process's clock and that of its children."""
    os.environ["XUNCHA_NOW"] = f"{moment.isoformat()}@{time.time()}"
