"""The log of what was done and what evidence was looked at; `detail` never holds a raw value."""

from typing import Any

from service.desk import clock
from service.desk.access import DeskRequest
from service.desk.models import AuditEntry


def record(request: DeskRequest, action: str, subject: str = "", **detail: Any) -> AuditEntry:
    """Add one entry for the person at the desk."""
    return AuditEntry.objects.create(
        county=request.person.county.id,
        at=clock.now(),
        who=request.person.user.get_username(),
        action=action,
        subject=subject[:255],
        detail=detail,
        address=request.META.get("REMOTE_ADDR", "")[:64],
    )
