"""Runs and their receipts."""

from datetime import datetime

from core.records import Receipt, ReceiptStatus


def start_run(county: str, kind: str, now: datetime) -> int:
    """Note the start of a stage; returns the run's id."""
    from core.store.models import Run

    return Run.objects.create(county=county, kind=kind, started_at=now).pk


def finish_run(run: int, status: str, now: datetime) -> None:
    """Note the end: `done`, `failed` or `stopped`."""
    from core.store.models import Run

    Run.objects.filter(pk=run).update(status=status, finished_at=now)


def save_receipt(county: str, run: int, receipt: Receipt, now: datetime) -> None:
    """Write the receipt of one source; a second one of the same run replaces the first."""
    from core.store import models

    models.Receipt.objects.update_or_create(
        run_id=run,
        source=receipt.source,
        defaults={
            "county": county,
            "status": receipt.status,
            "reason": receipt.reason[:500],
            "items": receipt.items,
            "failed_pages": receipt.failed_pages,
            "started_at": receipt.started_at,
            "finished_at": receipt.finished_at or now,
        },
    )


def latest_receipts(county: str) -> dict[str, Receipt]:
    """Source → its newest receipt over all runs."""
    from core.store import models

    newest: dict[str, Receipt] = {}
    for row in models.Receipt.objects.filter(county=county).order_by("finished_at", "pk"):
        status: ReceiptStatus = row.status  # type: ignore[assignment]
        newest[row.source] = Receipt(row.source, status, row.reason, row.items, row.failed_pages, row.started_at, row.finished_at)
    return newest


def last_two_receipts(county: str) -> dict[str, list[Receipt]]:
    """Source → its newest receipt and the one before, over all runs."""
    from django.db.models import F, Window
    from django.db.models.functions import RowNumber

    from core.store import models

    place = Window(RowNumber(), partition_by=F("source"), order_by=[F("finished_at").desc(), F("pk").desc()])
    found: dict[str, list[Receipt]] = {}
    for row in models.Receipt.objects.filter(county=county).annotate(place=place).filter(place__lte=2).order_by("source", "place"):
        status: ReceiptStatus = row.status  # type: ignore[assignment]
        found.setdefault(row.source, []).append(Receipt(row.source, status, row.reason, row.items, row.failed_pages, row.started_at, row.finished_at))
    return found
