"""The alerts' jobs, as the schedule and the desk call them. Each may be run at any time and as often as one likes."""

from service.alerts import watch
from service.alerts.deliver import deliver
from service.alerts.digest import digest
from service.alerts.entries import load_alerts
from service.alerts.sources import tell_sources
from service.jobs import Night


def deliver_due(night: Night) -> tuple[int, int]:
    """Send what is due; returns (sent, still waiting)."""
    return deliver(night.county, lambda: night.now)


def tell_operators(night: Night) -> int:
    """Queue and send to the operators what could not be collected and needs them; returns how many messages were queued."""
    count = tell_sources(night.county, load_alerts(night.county), night.now)
    if count:
        deliver_due(night)
    return count


def send_digest(night: Night) -> int:
    """Queue and send the digest of what was held until the latest digest hour; returns how many were queued."""
    count = digest(night.county, load_alerts(night.county), night.now)
    deliver_due(night)
    return count


def escalate_overdue(night: Night) -> int:
    """Report to the director what was not put right in time, and send it; returns how many reports were queued."""
    count = watch.escalate(night.county, load_alerts(night.county), night.now)
    deliver_due(night)
    return count


def all_clear(night: Night) -> int:
    """Tell those who were alerted what has been put right, and send it; returns how many messages were queued."""
    count = watch.clear(night.county, load_alerts(night.county), night.now)
    deliver_due(night)
    return count
