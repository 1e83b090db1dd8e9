"""Keys of units to the API: shown once when made, kept only as a hash, recalled at once when revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.desk.models import UnitToken

PREFIX = "xc_"
_MINUTE = timedelta(minutes=1)


def token_hash(token: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def issue(county: str, unit: str, name: str, now: datetime) -> tuple["UnitToken", str]:
    """A new token for a unit; returns its row and the token itself, which nobody can be shown again."""
    from service.desk.models import UnitToken

    token = PREFIX + secrets.token_urlsafe(32)
    return UnitToken.objects.create(county=county, unit=unit, name=name[:100], hash=token_hash(token), created=now), token


def holder(county: str, token: str, now: datetime) -> "UnitToken | None":
    """The row of a valid token; None for one that is unknown, revoked, or another county's. Notes when it was used, to the minute."""
    from service.desk.models import UnitToken

    row = UnitToken.objects.filter(hash=token_hash(token), county=county, revoked=None).first()
    if row and (row.last_used is None or now - row.last_used >= _MINUTE):
        UnitToken.objects.filter(pk=row.pk).update(last_used=now)
    return row


def revoke(county: str, pk: int, now: datetime) -> bool:
    """Recall a token; False when there is none to recall."""
    from service.desk.models import UnitToken

    return bool(UnitToken.objects.filter(county=county, pk=pk, revoked=None).update(revoked=now))
