"""A portal's check-up: a look at the home page (by the schedule once an hour), and what the national indicators make of it and of the columns."""

import json
import subprocess
import sys
from datetime import timedelta

from checks.health import RULES, ColumnState, SiteState, judge
from core.records import COLLECTED, Finding
from core.store import runs
from core.store import site as site_store
from service.alerts.compose import composer
from service.alerts.entries import load_alerts
from service.jobs import Night

_PATIENCE = 60.0
_STALE = timedelta(days=8)  # older receipts say nothing about a column today


def probe(night: Night) -> dict[str, object]:
    """Open the home page once, wait 15 seconds at most, and keep what came of it."""
    county = night.county
    command = [sys.executable, "-m", "crawler.probe", "--home", "--config", str(county.folder), county.portal.url or ""]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=_PATIENCE, check=False)
        found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, IndexError, ValueError):
        found = {"ok": False, "reason": "探测程序没有结果"}
    site_store.add_probe(county.id, night.now, found)
    return found


def check_up(night: Night) -> list[Finding]:
    """Judge site and columns by what is stored, and keep the findings; returns the new ones."""
    county = night.county
    receipts, latest = runs.latest_receipts(county.id), site_store.latest_days(county.id)
    names = {column.source: column.name for column in county.columns}
    columns = []
    for source in county.sources:
        receipt = receipts.get(source.id)
        if source.kind != "portal" or receipt is None:
            continue
        good = receipt.status in COLLECTED and receipt.finished_at is not None and night.now - receipt.finished_at <= _STALE
        columns.append(ColumnState(source.id, source.unit, names.get(source.id, source.name), source.url, latest.get(source.id), receipt.items, good))
    state = SiteState(county.id, county.office, county.portal.url, site_store.probes(county.id), columns)
    return site_store.record_site(county.id, RULES, judge(state, night.today), night.now, composer(county, load_alerts(county), night.now))
