"""What must not happen when something breaks: a document that kills its reader, a database that restarts. Others stand with what they are about:
a full disk and a source that hangs in test_crawler_run, clocks and killed processes in test_scheduler, killed workers in test_queue."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
import stored
from postgres import postgres
from queue_world import CHECK, FILL, PRELUDE, ROOT, Room, write_county

DEADLY = """
import os
import service.judging as judging
from core.records import Attachment
from service import jobs
from service.judging import load_rules
vault = Vault.open(home)
if not models.Post.objects.exists():
    run = runs.start_run("test", "crawl", now)
    for number in range(6):
        name = "毒.pdf" if number == 2 else "好.txt"
        posts.save_post("test", run, Post(source="column/县财政局/政策", url=f"http://x.invalid/{number}", title=f"公示{number}", published_at=now, text="正文内容。",
            attachments=(Attachment("http://x.invalid/a", name, vault.put(f"好的内容{number}".encode())),)), now, vault)
read = judging.documents.read
judging.documents.read = lambda data, name, **more: os._exit(139) if name == "毒.pdf" else read(data, name, **more)
checked = jobs.check(night, load_rules(county), quiet)
print(json.dumps([checked.found, dict(checked.failed)]))
"""


def test_a_document_that_kills_its_reader_holds_up_nobody_and_is_named_after_three_deaths(tmp_path: Path) -> None:
    home, config = tmp_path / "home", tmp_path / "config"
    write_county(config, {})
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    codes, unchecked = [], []
    for _ in range(4):
        command = [sys.executable, "-c", PRELUDE + DEADLY, str(home), str(config)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        codes.append(done.returncode)
        unchecked.append(stored.rows(home, "select count(*) as n from store_post where checked_key = ''")[0]["n"])
    assert codes == [139, 139, 139, 0], done.stderr
    assert unchecked == [4, 1, 1, 0], "from the second time on everybody else goes first"
    (finding,) = stored.rows(home, "select file, message, severity from store_finding where rule = 'document/unread'")
    assert finding["file"] == "毒.pdf"
    assert "3 次" in str(finding["message"])
    assert stored.rows(home, "select * from store_attempt") == []


@pytest.mark.sqlite  # brings its own PostgreSQL
def test_a_postgresql_that_restarts_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    with postgres() as server:
        room = Room(tmp_path, server)
        write_county(room.config, {})
        room.run(FILL, 120, "40")
        room.supervised()
        answers: list[str] = []
        waiter = threading.Thread(target=lambda: answers.append(room.run(CHECK, 240)))
        try:
            waiter.start()
            while waiter.is_alive() and room.rows("select count(*) as n from procrastinate_jobs where status = 'succeeded'")[0]["n"] < 10:
                waiter.join(0.2)
            server.restart()
            waiter.join(240)
            _found, failed = json.loads(answers[0])
            assert failed == {}
            assert room.rows("select id from store_post where checked_key = ''") == []
            leaks = Counter(row["url"] for row in room.rows("select url from store_finding where rule = 'privacy/resident-id'"))
            assert (len(leaks), set(leaks.values())) == (40, {1})
        finally:
            room.end()
