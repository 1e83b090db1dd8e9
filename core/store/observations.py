"""Counted and filed facts that are not posts."""

from collections.abc import Iterable
from datetime import date

from core.records import Observation


def replace_observations(county: str, source: str, observations: Iterable[Observation]) -> int:
    """Make the source's observations exactly these, in one transaction; returns how many there are now."""
    from django.db import transaction

    from core.store import models

    fresh = {item.key: item for item in observations}
    with transaction.atomic():
        models.Observation.objects.filter(county=county, source=source).exclude(key__in=list(fresh)).delete()
        for key, item in fresh.items():
            models.Observation.objects.update_or_create(
                county=county, source=source, key=key, defaults={"kind": item.kind, "on": item.on, "data": dict(item.data)}
            )
    return len(fresh)


def merge_observations(county: str, source: str, month: str, observations: Iterable[Observation]) -> int:
    """Replace only the observations whose key starts with `month/`: for sources that answer month by month."""
    from django.db import transaction

    from core.store import models

    fresh = list(observations)
    assert all(item.key.startswith(f"{month}/") for item in fresh)
    with transaction.atomic():
        models.Observation.objects.filter(county=county, source=source, key__startswith=f"{month}/").delete()
        models.Observation.objects.bulk_create(
            models.Observation(county=county, source=source, kind=item.kind, key=item.key, on=item.on, data=dict(item.data)) for item in fresh
        )
    return len(fresh)


def observations(county: str, kind: str, since: date | None = None, until: date | None = None) -> list[Observation]:
    """Observations of a kind, oldest first, both bounds included."""
    from core.store import models

    rows = models.Observation.objects.filter(county=county, kind=kind)
    if since is not None:
        rows = rows.filter(on__gte=since)
    if until is not None:
        rows = rows.filter(on__lte=until)
    return [Observation(row.source, row.kind, row.key, row.on, row.data) for row in rows.order_by("on", "pk")]  # type: ignore[arg-type]
