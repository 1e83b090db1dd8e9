"""Moving a home: SQLite to PostgreSQL row by row, back again, into a file and out of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import stored
from postgres import Server, postgres

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.sqlite  # brings its own PostgreSQL
FILL = """
import sys
from datetime import datetime
from pathlib import Path
from service.desk.opening import first_administrator, open_desk
home = open_desk(Path("config/meixian"))
from core.calendar import SHANGHAI
from core.records import Attachment, Finding, Link, Observation, Post, Receipt, Verdict
from core.store import findings, observations, outbox, posts, runs
from core.store.vault import Vault
now, vault = datetime(2023, 11, 1, 2, 0, 0, 123456, tzinfo=SHANGHAI), Vault.open(home)
run = runs.start_run("meixian", "crawl", now)
for number in range(2500):
    posts.save_post("meixian", run, Post(source="s", url=f"http://x/{number}", title=f"标题{number}", published_at=now, text="正文，很长的一段话。" * 3, tags={"a": "b"},
        links=(Link("http://y", "链接", 404),), attachments=(Attachment("http://x/a", "附件.xlsx", vault.put(b"bytes")),)), now, vault)
stored = next(posts.posts("meixian"))
leak = Finding("privacy/resident-id", "veto", "m", unit="u", url=stored.url, masked="610326********1238", reasons=("因为", "所以"), county="meixian")
findings.record_check("meixian", stored, "r", [leak], now, lambda new: [findings.Draft("u", "mail", "u@x", tuple(new), lambda told: outbox.Message("主题", "正文"))])
findings.add_verdict("meixian", Verdict(f"finding/{leak.id}", "确认", "", "某", now))
observations.replace_observations("meixian", "e", [Observation("e", "event", "2023-10/1", now.date(), {"数": 1})])
runs.save_receipt("meixian", run, Receipt("s", "ok"), now)
first_administrator()
"""
COUNTS = "select (select count(*) from store_post) as posts, (select count(*) from store_finding) as findings, (select count(*) from auth_user) as users"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres(migrated=False) as running:
        yield running


def call(home: Path, *words: str, url: str = "", code: int = 0) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XUNCHA_HOME": str(home), "XUNCHA_DATABASE": url}
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "home"
    call(folder, "-c", FILL)
    return folder


def test_to_postgresql_row_by_row_and_never_twice(home: Path, server: Server) -> None:
    url = server.url("moved")
    told = call(home, "-m", "service.cli", "db", "copy", "--to", url)
    assert "store_post\t2500 行，逐行核对一致" in told
    assert stored.rows(home, COUNTS, url) == [{"posts": 2500, "findings": 1, "users": 1}]
    again = call(home, "-m", "service.cli", "db", "copy", "--to", url, code=2)
    assert "已有数据" in again
    add = "from core.store.setup import open_store; open_store(); from core.store.models import Run; from datetime import datetime, UTC; "
    call(home, "-c", add + "Run.objects.create(county='x', kind='crawl', started_at=datetime.now(UTC))", url=url)


def test_a_row_that_differs_undoes_everything(home: Path, server: Server) -> None:
    code = """
import sys
from pathlib import Path
from service.desk.opening import open_desk
open_desk(Path("config/meixian"))
from service import db_copy
move = db_copy._move
def lossy(model):
    number = move(model)
    if model._meta.db_table == "store_finding":
        model.objects.using("target").update(masked="610326********1239")
    return number
db_copy._move = lossy
try:
    db_copy.copy(sys.argv[1], print)
except Exception as error:
    print("REFUSED", error)
"""
    url = server.url("lossy")
    assert "REFUSED store_finding 复制后与原来不一致" in call(home, "-c", code, url)
    assert stored.rows(home, COUNTS, url) == [{"posts": 0, "findings": 0, "users": 0}]


def test_a_backup_comes_back_as_it_was_and_holds_no_key(home: Path, tmp_path: Path) -> None:
    import tarfile

    file, fresh = tmp_path / "backup.tar", tmp_path / "fresh"
    call(home, "-m", "service.cli", "db", "backup", str(file))
    assert "已存在" in call(home, "-m", "service.cli", "db", "backup", str(file), code=2)
    with tarfile.open(file) as archive:
        assert not [name for name in archive.getnames() if "key" in name]
    assert "逐行核对一致" in call(fresh, "-m", "service.cli", "db", "restore", str(file))
    assert stored.rows(fresh, COUNTS) == stored.rows(home, COUNTS)
    (fresh / "vault.key").write_bytes((home / "vault.key").read_bytes())
    read = "from core.store.setup import open_store; from core.store.vault import Vault; from core.store import posts; from pathlib import Path; import sys; "
    read += "home = open_store(); print(posts.read_content(Vault.open(home), next(posts.posts('meixian')).content_key)['text'][:4])"
    assert "正文，很" in call(fresh, "-c", read)
    assert "已有数据库" in call(fresh, "-m", "service.cli", "db", "restore", str(file), code=2)
    (tmp_path / "bad.tar").write_bytes(b"no archive")
    assert "不是备份" in call(tmp_path / "other", "-m", "service.cli", "db", "restore", str(tmp_path / "bad.tar"), code=2)
