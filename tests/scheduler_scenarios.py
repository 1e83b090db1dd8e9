"""What can happen to a night. Each function is run by `test_scheduler.py` in a process of its own (one process has one home)."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import stored
from scheduler_world import START, World, alive

from service.processes import Owner

NIGHTLY = {"name": "夜采", "run": "crawl", "at": "01:00"}
CHECK = {"name": "检查", "run": "check", "after": ["夜采"]}
SEND = {"name": "发送", "run": "deliver", "every": 60}
TREE = """
grandchild = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(300)"], start_new_session=True)
with open(journal, "a") as file:
    file.write(f"start grandchild - {grandchild.pid}\\n")
"""


# --- what is due ------------------------------------------------------------------------------------------------


def a_new_job_starts_with_its_next_slot_and_each_slot_runs_once(world: World) -> None:
    world.plan(NIGHTLY, CHECK)
    scheduler = world.scheduler()
    world.first_start(scheduler)
    world.clock.to("11-02 00:59")
    world.settle(scheduler)
    assert world.noted() == []
    world.clock.to("11-02 01:00")
    world.settle(scheduler)
    world.settle(scheduler)
    world.clock.to("11-02 09:00")
    world.settle(scheduler)
    assert world.noted() == ["夜采 11-02T01:00", "检查 11-02T01:00"]
    assert [(job, status) for job, status in world.rows() if status == "done"] == [("夜采", "done"), ("检查", "done")]


def after_downtime_what_was_missed_is_made_up_for_once_and_in_order(world: World) -> None:
    draft = {"name": "草稿", "run": "draft", "day": 1, "at": "00:30"}
    world.plan(draft, NIGHTLY, CHECK, SEND)
    world.first_start(world.scheduler())
    world.clock.forward(days=65)
    scheduler = world.scheduler("time.sleep(0.3)")
    world.settle(scheduler)
    done = world.noted()
    assert done.count("夜采 01-05T01:00") == 1
    assert sorted(line.split()[0] for line in done) == ["发送", "夜采", "检查", "草稿", "草稿"]
    drafts = [line for line in done if line.startswith("草稿")]
    assert drafts == ["草稿 12-01T00:30", "草稿 01-01T00:30"], "each month is owed by itself"
    assert done.index("检查 01-05T12:00") < done.index(drafts[0]), "the draft waits for what was to be collected and checked"
    world.settle(scheduler)
    assert world.noted() == done


def outside_its_window_a_job_waits_or_is_made_up_for_as_the_plan_says(world: World) -> None:
    patient = {"name": "耐心", "run": "crawl", "at": "01:00", "window": "01:00-05:00", "missed": "in-window", "sources": ["a*"]}
    eager = {"name": "性急", "run": "crawl", "at": "01:00", "window": "01:00-05:00", "sources": ["b*"]}
    world.plan(patient, eager)
    world.first_start(world.scheduler())
    world.clock.to("11-02 10:00")
    world.settle(world.scheduler())
    assert world.noted() == ["性急 11-02T01:00"]
    world.clock.to("11-03 00:30")
    world.settle(world.scheduler())
    assert world.noted() == ["性急 11-02T01:00"]
    world.clock.to("11-03 03:00")
    world.settle(world.scheduler())
    assert sorted(world.noted()) == ["性急 11-02T01:00", "性急 11-03T01:00", "耐心 11-03T01:00"]


def a_run_still_at_work_when_its_window_closes_is_stopped(world: World) -> None:
    world.plan({**NIGHTLY, "window": "01:00-05:00", "limit": 600})
    scheduler = world.scheduler("time.sleep(300)")
    world.first_start(scheduler)
    world.clock.to("11-02 01:00")
    scheduler.look()
    world.until(lambda: world.noted("start"))
    world.clock.to("11-02 05:00")
    world.settle(scheduler)
    ((status, detail),) = world.rows("status, detail", "job = '夜采' and status != 'skipped'")
    assert status == "overtime"
    assert "05:00 时段结束" in detail
    assert not any(alive(pid) for pid in world.pids())


# --- the clock --------------------------------------------------------------------------------------------------


def setting_the_clock_back_runs_no_slot_twice_and_stops_nothing(world: World) -> None:
    world.plan(NIGHTLY, SEND)
    scheduler = world.scheduler()
    world.first_start(scheduler)
    world.clock.to("11-02 03:10")
    world.settle(scheduler)
    assert sorted(world.noted()) == ["发送 11-02T03:00", "夜采 11-02T01:00"]
    world.clock.jump(hours=-3)
    for _ in range(8):
        world.settle(scheduler)
        world.clock.forward(minutes=30)
    done = world.noted()
    assert len(done) == len(set(done)), "no slot twice"
    assert [line for line in done if line.startswith("夜采")] == ["夜采 11-02T01:00"]
    assert {"发送 11-02T01:00", "发送 11-02T02:00", "发送 11-02T03:00"} <= set(done), "what runs every hour goes on every hour"


def a_jump_forward_counts_as_downtime(world: World) -> None:
    world.plan(NIGHTLY)
    scheduler = world.scheduler()
    world.first_start(scheduler)
    world.clock.jump(days=3)
    world.settle(scheduler)
    assert world.noted() == ["夜采 11-04T01:00"]


def a_year_ahead_and_back_again_loses_no_night(world: World) -> None:
    world.plan(NIGHTLY, CHECK, {"name": "草稿", "run": "draft", "day": 1, "at": "02:00"})
    scheduler = world.scheduler()
    world.first_start(scheduler)
    world.clock.jump(days=400)
    world.settle(scheduler)
    world.clock.jump(days=-400)
    world.settle(scheduler)
    wrong = len(world.noted())
    world.clock.to("11-02 01:00")
    world.settle(scheduler)
    world.clock.to("12-01 02:00")
    world.settle(scheduler)
    right = world.noted()[wrong:]
    assert [line for line in right if line.startswith("夜采")] == ["夜采 11-02T01:00", "夜采 12-01T01:00"]
    assert [line for line in right if line.startswith("草稿")] == ["草稿 12-01T02:00"], "although it was drafted before, under the wrong clock"
    assert sum(line.startswith("检查") for line in right) == 2


def a_child_is_not_killed_because_the_clock_was_set(world: World) -> None:
    world.plan({**NIGHTLY, "limit": 30})
    scheduler = world.scheduler("time.sleep(1)")
    world.first_start(scheduler)
    world.clock.to("11-02 01:00")
    scheduler.look()
    world.clock.jump(hours=8)
    scheduler.look()
    world.clock.jump(hours=-9)
    world.settle(scheduler)
    assert world.rows(where="status != 'skipped' and job != '调度程序'") == [("夜采", "done")]


# --- failing ----------------------------------------------------------------------------------------------------


def what_fails_is_tried_again_after_a_pause_and_not_forever(world: World) -> None:
    world.plan({**NIGHTLY, "tries": 3, "retry": 10})
    scheduler = world.scheduler("sys.exit(3)")
    world.first_start(scheduler)
    world.clock.to("11-02 01:00")
    world.settle(scheduler)
    world.clock.forward(minutes=9)
    world.settle(scheduler)
    assert len(world.noted("start")) == 1
    for _ in range(6):
        world.clock.forward(minutes=11)
        world.settle(scheduler)
    assert len(world.noted("start")) == 3
    ((status, detail),) = world.rows("status, detail", "job = '夜采' and status != 'skipped'")
    assert status == "failed"
    assert "退出码 3" in detail
    world.clock.to("11-03 01:00")
    world.settle(scheduler)
    assert len(world.noted("start")) == 4, "the next night is a new chance"


def beyond_its_limit_the_whole_tree_is_killed(world: World) -> None:
    world.plan({**NIGHTLY, "limit": 5})
    scheduler = world.scheduler(TREE + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nnote('deaf')\ntime.sleep(300)")
    world.first_start(scheduler)
    world.clock.to("11-02 01:00")
    scheduler.look()
    world.until(lambda: world.noted("deaf"))
    world.clock.forward(minutes=6)
    scheduler.look()
    assert all(alive(pid) for pid in world.pids()), "first it is asked"
    world.clock.forward(seconds=30)
    world.settle(scheduler)
    assert len(world.pids()) == 2
    assert not any(alive(pid) for pid in world.pids())
    assert world.rows(where="job = '夜采' and status != 'skipped'") == [("夜采", "overtime")]


def a_child_killed_from_outside_is_seen_and_run_again(world: World) -> None:
    world.plan(NIGHTLY)
    scheduler = world.scheduler(TREE + "time.sleep(300 if len(open(journal).readlines()) < 3 else 0)")
    world.first_start(scheduler)
    world.clock.to("11-02 01:00")
    scheduler.look()
    world.until(lambda: len(world.pids()) == 2)
    os.kill(world.pids()[0], signal.SIGKILL)
    world.settle(scheduler)
    assert not alive(world.pids()[1]), "what it had started is gone as well"
    assert world.noted() == ["夜采 11-02T01:00"]
    ((status, owner),) = world.rows("status, owner", "job = '夜采' and status != 'skipped'")
    assert status == "done"
    assert Owner.parse(owner).attempt == 2


def a_wrong_plan_is_told_and_the_old_one_stays_in_force(world: World) -> None:
    world.plan(NIGHTLY)
    scheduler = world.scheduler()
    world.first_start(scheduler)
    world.plan({**NIGHTLY, "at": "25:00"})
    world.clock.to("11-02 01:00")
    world.settle(scheduler)
    assert world.noted() == ["夜采 11-02T01:00"]
    world.plan({**NIGHTLY, "at": "03:00"}, {**SEND, "every": 120})
    world.settle(scheduler)
    world.clock.to("11-02 04:00")
    world.settle(scheduler)
    assert sorted(world.noted()) == ["发送 11-02T04:00", "夜采 11-02T01:00", "夜采 11-02T03:00"]


def a_locked_database_only_delays(world: World) -> None:
    world.plan(NIGHTLY, CHECK)
    scheduler = world.scheduler("time.sleep(0.5)")
    world.first_start(scheduler)
    scheduler.patience = 0.2
    world.clock.to("11-02 01:00")
    with stored.locked(world.home):
        for _ in range(3):
            scheduler.look()
        assert world.noted("start") == []
    scheduler.look()
    world.until(lambda: world.noted("start"))
    with stored.locked(world.home):
        world.until(lambda: world.noted("end"))
        world.until(lambda: scheduler.look() or (scheduler.busy and not scheduler._children))
        assert world.rows(where="job = '夜采' and status != 'skipped'") == [("夜采", "running")]
    world.settle(scheduler)
    assert world.rows(where="status not in ('skipped', 'running')") == [("夜采", "done"), ("检查", "done")]
    assert len(world.noted("start")) == 2, "each once"


# --- other processes --------------------------------------------------------------------------------------------

RUN = """
from service.schedule_commands import speak
speak()
world.scheduler({code!r}, Shifted(datetime({day}, tzinfo=SHANGHAI))).run()
"""


def owed(world: World, *jobs: dict[str, object]) -> None:
    """The jobs, first started yesterday."""
    world.plan(*jobs)
    world.first_start(world.scheduler())
    world.clock.forward(days=1)


def a_stopped_scheduler_stops_its_children_and_the_next_one_goes_on(world: World) -> None:
    owed(world, NIGHTLY)
    first = world.process(RUN.format(code=TREE + "time.sleep(300)", day="2023, 11, 2, 12, 0"))
    world.until(lambda: len(world.noted("start")) == 2)
    began = time.monotonic()
    first.signal(signal.SIGTERM)
    code, said = first.end()
    assert code == 0, said
    assert time.monotonic() - began < 40
    assert not any(alive(pid) for pid in world.pids())
    rows = dict(world.rows(where="status != 'skipped'"))
    assert rows == {"夜采": "stopped", "调度程序": "stopped"}, said
    world.settle(world.scheduler())
    assert world.noted() == ["夜采 11-02T01:00"]
    assert ("夜采", "done") in world.rows()


def short_work_may_finish_when_the_scheduler_is_stopped(world: World) -> None:
    owed(world, NIGHTLY)
    first = world.process(RUN.format(code="time.sleep(2)", day="2023, 11, 2, 12, 0"))
    world.until(lambda: world.noted("start"))
    first.signal(signal.SIGINT)
    assert first.end()[0] == 0
    assert ("夜采", "done") in world.rows()


def a_killed_scheduler_is_seen_and_what_it_left_is_ended_and_taken_over(world: World) -> None:
    owed(world, NIGHTLY)
    first = world.process(RUN.format(code=TREE + "time.sleep(300)", day="2023, 11, 2, 12, 0"))
    world.until(lambda: len(world.noted("start")) == 2)
    first.signal(signal.SIGKILL)
    first.end()
    assert world.rows(where="job = '夜采' and status != 'skipped'") == [("夜采", "running")]
    assert all(alive(pid) for pid in world.pids()), "these children do not watch their parent"
    scheduler = world.scheduler()
    world.settle(scheduler)
    assert not any(alive(pid) for pid in world.pids()[:2])
    assert world.noted() == ["夜采 11-02T01:00"]
    told = dict(world.rows("status, detail", "job = '调度程序' and status != 'running'"))
    assert "进程已不在" in told["died"]
    ((status, owner),) = world.rows("status, owner", "job = '夜采' and status != 'skipped'")
    assert (status, Owner.parse(owner).attempt) == ("done", 2)


def a_run_that_kills_its_scheduler_every_time_is_given_up(world: World) -> None:
    owed(world, {**NIGHTLY, "tries": 2})
    for _ in range(2):
        doomed = world.process(RUN.format(code="os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(300)", day="2023, 11, 2, 12, 0"))
        assert doomed.end()[0] == -signal.SIGKILL
    world.settle(world.scheduler("raise SystemExit('again')"))
    assert len(world.noted("start")) == 2
    assert world.rows(where="job = '夜采' and status != 'skipped'") == [("夜采", "died")]


def two_schedulers_at_once_do_each_thing_once(world: World) -> None:
    names = [f"任务{number}" for number in range(6)]
    owed(world, *({"name": name, "run": "deliver", "at": "01:00"} for name in names))
    both = [world.process(RUN.format(code="time.sleep(0.2)", day="2023, 11, 2, 12, 0")) for _ in range(2)]
    world.until(lambda: len(world.noted("end")) >= 6)
    time.sleep(1)
    for process in both:
        process.signal(signal.SIGTERM)
    for process in both:
        code, said = process.end()
        assert code == 0, said
    assert sorted(world.noted("start")) == [f"{name} 11-02T01:00" for name in names]
    assert all(status == "done" for job, status in world.rows() if status != "skipped")


def one_source_is_crawled_by_one_run_at_a_time(world: World) -> None:
    world.county({"水情": "http://127.0.0.1:9/a", "雨情": "http://127.0.0.1:9/b"})
    jobs = [NIGHTLY]
    jobs += [{"name": f"巡看{number}", "run": "crawl", "at": "01:00", "sources": [f"column/*/{name}"]} for number, name in enumerate(("水情", "雨情"))]
    owed(world, *jobs)
    scheduler = world.scheduler("time.sleep(1)")
    scheduler.look()
    world.until(lambda: world.noted("start"))
    scheduler.look()
    assert world.noted("start") == ["夜采 11-02T01:00"], "the night holds all sources"
    world.until(lambda: scheduler.look() or len(world.noted("start")) == 3)
    world.settle(scheduler)
    lines = world.journal.read_text(encoding="utf-8").split("\n")
    assert [line.split()[0] for line in lines[:4]] == ["start", "end", "start", "start"], "two that share no source go side by side"


def another_machines_run_is_left_alone_until_it_has_been_silent_long_enough(world: World) -> None:
    from service import jobruns
    from service.processes import Process

    owed(world, NIGHTLY)
    slot = START.replace(day=2, hour=1)
    far = jobruns.claim("test", "夜采", slot, Owner("othermachine", Process(4711, "1")), world.clock.now(), lambda name: False)
    assert far.run
    scheduler = world.scheduler()
    for _ in range(30):
        world.settle(scheduler)
        world.clock.forward(seconds=20)
        jobruns.beat(far.run, world.clock.now())
    assert world.noted("start") == []
    world.clock.jump(days=-1)
    world.clock.jump(days=1, seconds=5)
    world.settle(scheduler)
    assert world.noted("start") == [], "a clock that was set is no silence"
    world.clock.forward(seconds=200)
    world.settle(scheduler)
    assert world.noted() == ["夜采 11-02T01:00"]


def stale_decisions_do_not_run_a_slot_again(world: World) -> None:
    from service import jobruns

    owed(world, NIGHTLY)
    slot, now = START.replace(day=2, hour=1), world.clock.now()

    def free(name: str) -> bool:
        return False

    run = jobruns.claim("test", "夜采", slot, Owner.me(1), now, free).run
    assert run
    assert jobruns.claim("test", "夜采", slot, Owner.me(1), now, free).run is None, "running"
    jobruns.finish(run, "failed", "", now)
    assert jobruns.claim("test", "夜采", slot, Owner.me(2), now, free).run == run
    jobruns.finish(run, "failed", "", now)
    assert jobruns.claim("test", "夜采", slot, Owner.me(2), now, free).run is None, "somebody else made the second attempt meanwhile"
    assert jobruns.claim("test", "夜采", slot, Owner.me(3), now, free).run == run
    jobruns.finish(run, "done", "", now)
    assert not jobruns.finish(run, "failed", "", now), "the first word counts"
    assert jobruns.claim("test", "夜采", slot, Owner.me(4), now, free).run is None


def the_status_says_what_ran_what_failed_and_what_comes(world: World) -> None:
    from core.config import load_county
    from service.status import history, status

    world.plan(NIGHTLY, CHECK, SEND)
    os.environ["XUNCHA_HOME"] = str(world.home)
    before = {job.name: job for job in status(load_county(world.config), world.clock.now())}
    assert before["调度程序"].state == before["夜采"].state == "never"
    assert before["调度程序"].failed
    scheduler = world.scheduler("if name == '检查': sys.exit(3)")
    world.first_start(scheduler)
    world.clock.to("11-02 01:00")
    world.settle(scheduler)
    jobs = {job.name: job for job in status(load_county(world.config), world.clock.now())}
    assert jobs["调度程序"].state == "running"
    assert (jobs["夜采"].state, jobs["夜采"].failed, jobs["夜采"].owed) == ("done", False, None)
    assert (jobs["检查"].state, jobs["检查"].failed, jobs["检查"].word) == ("failed", True, "出错")
    assert jobs["夜采"].next_at == START.replace(day=3, hour=1)
    assert jobs["夜采"].done_at == world.clock.now()
    assert jobs["夜采"].data()["next_at"] == "2023-11-03T01:00:00+08:00"
    later = {job.name: job for job in status(load_county(world.config), START.replace(day=3, hour=4))}
    assert later["夜采"].owed == START.replace(day=3, hour=1)
    assert later["夜采"].late(START.replace(day=3, hour=4))
    assert {run.job for run in history("test")} == {"夜采", "检查", "发送"}


def the_command_runs_in_the_foreground_and_tells(world: World) -> None:
    world.plan(SEND)
    world.open()
    show = "from service.schedule_commands import schedule_status\nsys.exit(schedule_status(world.config, {json}))"
    code, said = world.process(show.format(json=False)).end()
    assert (code, "没有在运行" in said) == (1, True), said
    start = "from service.schedule_commands import schedule\nsys.exit(schedule(world.config))"
    running = world.process(start)
    world.until(lambda: world.rows(where="job = '调度程序'"))
    code, said = world.process(show.format(json=True)).end()
    assert (code, json.loads(said)[0]["state"]) == (0, "running"), said
    running.signal(signal.SIGTERM)
    code, said = running.end()
    assert (code, "调度程序已停止" in said) == (0, True), said
    world.plan({**SEND, "every": 7})
    code, said = world.process(start).end()
    assert code != 0
    assert "schedule.yaml：jobs → 第1项 发送 → every：间隔" in said


if __name__ == "__main__":
    here = World(Path(sys.argv[2]))
    try:
        globals()[sys.argv[1]](here)
    finally:
        here.clean()
