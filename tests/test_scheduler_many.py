"""One scheduler process for several counties: each has its turn, a broken one stops nobody, all together start no more children than allowed."""

import os
import subprocess
import sys
from pathlib import Path

import stored
from queue_world import ROOT, write_county

RUN = """
import sys, time
from datetime import datetime, timedelta
from pathlib import Path
from core.calendar import SHANGHAI
from core.store.setup import open_store
from service.counties import known
from service.many import Schedulers
from service.schedule_commands import speak
speak()
home = open_store(Path(sys.argv[1]))
class Clock:
    at, born = datetime(2023, 11, 1, 0, 30, tzinfo=SHANGHAI), time.monotonic()
    def now(self): return self.at + timedelta(seconds=time.monotonic() - self.born)
    def monotonic(self): return time.monotonic()
clock = Clock()
folders = {path.name: path for path in Path(sys.argv[2]).iterdir()}
many = Schedulers(folders, home, clock, at_once=1)
many.prepare()
many.turn()
clock.at += timedelta(hours=1)
most, until = 0, time.monotonic() + 90
from core.store.models import JobRun
while JobRun.objects.filter(status="done").count() < 2 and time.monotonic() < until:
    many._next.clear()
    many.turn()
    most = max(most, sum(len(one.busy) for one in many._all))
    time.sleep(0.1)
for one in many._all:
    one.wind_down()
assert most == 1, most
"""


def test_two_counties_take_turns_and_a_broken_one_stops_nobody(tmp_path: Path) -> None:
    for name in ("one", "two", "broken"):
        folder = tmp_path / "counties" / name
        folder.mkdir(parents=True)
        write_county(folder, {})
        text = (folder / "county.yaml").read_text("utf-8").replace("id: test", f"id: {name}")
        (folder / "county.yaml").write_text(text, "utf-8")
        (folder / "schedule.yaml").write_text('jobs:\n- {name: 检查, run: check, at: "01:00"}\n' if name != "broken" else "jobs: 3\n", "utf-8")
    command = [sys.executable, "-c", RUN, str(tmp_path / "home"), str(tmp_path / "counties")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    assert "broken 没有启动" in done.stderr
    runs = stored.rows(tmp_path / "home", "select county, status from store_jobrun where job = '检查' and status != 'skipped' order by county")
    assert runs == [{"county": "one", "status": "done"}, {"county": "two", "status": "done"}]
