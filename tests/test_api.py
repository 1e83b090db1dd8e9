"""The API before publication over real HTTP: keys, limits, wrong input in every form, and schemathesis against its own description."""

import base64
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import stored
from api_world import Api, running

MOBILE = "139" + "0000" + "1234"
LEAK = f"领取人王某，手机号{MOBILE}，请按时领取。"
LIST = f"姓名,手机号\n王某,{MOBILE}\n".encode()
KEYS = {"id", "rule", "severity", "unit", "source", "url", "title", "file", "where", "start", "end", "masked", "message", "suggestion", "reasons"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("api")) as desk:
        yield desk


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# --- what it answers ----------------------------------------------------------------------------------------------


def test_html_is_answered_with_the_verdict_and_the_contracts_findings(api: Api) -> None:
    status, answer = api.precheck({"title": "公示", "html": f"<p>好</p><p>{LEAK}</p>"})
    assert status == 200
    assert set(answer) == {"publishable", "findings"}
    assert answer["publishable"] is False
    (finding,) = answer["findings"]
    assert set(finding) == KEYS
    assert (finding["rule"], finding["unit"], finding["file"], finding["where"]) == ("privacy/mobile", "县财政局", None, "正文 第2段")
    assert finding["masked"] == "139****1234"
    assert finding["reasons"]
    assert api.precheck({"text": "全县秋粮收购工作有序推进。"}) == (200, {"publishable": True, "findings": []})


def test_a_form_and_json_with_files_give_the_same_findings(api: Api) -> None:
    by_form = api.form([("title", "公示"), ("text", LEAK)], [("files", "名单.csv", LIST), ("files", "说明.txt", b"ok")])
    by_json = api.precheck({"title": "公示", "text": LEAK, "files": [{"name": "名单.csv", "data": b64(LIST)}, {"name": "说明.txt", "data": b64(b"ok")}]})
    assert by_form == by_json
    assert [(finding["file"], finding["where"]) for finding in by_form[1]["findings"]] == [(None, "正文"), ("名单.csv", "第2行第2列")]
    assert api.form([], [("files", "名单.csv", LIST)])[1]["publishable"] is False


def test_the_number_itself_is_neither_in_the_answer_nor_in_the_store(api: Api) -> None:
    _, answer = api.precheck({"text": LEAK, "title": LEAK})
    assert MOBILE not in json.dumps(answer)
    api.form([], [("files", f"王某{MOBILE}.csv", LIST), ("keep", "x", b"")])
    for data in stored.raw(api.home):
        assert MOBILE.encode() not in data


def test_a_file_that_cannot_be_read_is_a_finding(api: Api) -> None:
    status, answer = api.form([], [("files", "名单.xlsx", b"PK\x03\x04 broken")])
    assert (status, answer["publishable"]) == (200, False)
    assert [finding["rule"] for finding in answer["findings"]] == ["document/unread"]


# --- keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, "", "wrong", "recalled", "elsewhere", "xc_" + "x" * 5000, "\xe9"])
def test_without_a_valid_key_of_this_county_nothing_is_checked(api: Api, key: str | None) -> None:
    before = len(api.rows("select id from desk_auditentry"))
    status, headers, body = api.call("POST", "/api/v1/precheck", json.dumps({"text": LEAK}).encode(), key)
    assert status == 401
    assert headers["www-authenticate"] == "Bearer"
    assert "密钥" in json.loads(body)["error"]
    assert len(api.rows("select id from desk_auditentry")) == before


def test_a_key_in_another_form_or_a_session_does_not_count(api: Api) -> None:
    for header in ("Basic eDp5", f"Token {api.keys['县财政局']}", api.keys["县财政局"]):
        assert api.call("POST", "/api/v1/precheck", b'{"text": "x"}', None, Authorization=header)[0] == 401
    assert api.call("POST", f"/api/v1/precheck?token={api.keys['县财政局']}", b'{"text": "x"}', None)[0] == 401


def test_only_the_hash_of_a_key_is_kept_and_when_it_was_used(api: Api) -> None:
    api.precheck({"text": "好"}, "县民政局")
    rows = api.rows("select * from desk_unittoken where unit = '县民政局'")
    assert rows[0]["last_used"]
    for data in stored.raw(api.home):
        assert api.keys["县民政局"].encode() not in data


def test_every_call_leaves_one_entry_without_content(api: Api) -> None:
    before = api.rows("select max(id) as last from desk_auditentry")[0]["last"] or 0
    api.precheck({"title": "某某公示", "text": LEAK}, "县民政局")
    api.precheck({"nothing": 1}, "县民政局")
    (entry,) = api.rows(f"select * from desk_auditentry where id > {before}")
    assert (entry["action"], entry["subject"], entry["who"], entry["address"]) == ("precheck", "unit/县民政局", "密钥 县民政局的发布系统", "127.0.0.1")
    assert json.loads(entry["detail"]) == {"door": "api", "publishable": False, "findings": 1, "files": 0, "size": len(LEAK) + 4, "kept": False}
    assert "某某公示" not in str(entry)


def test_a_unit_sees_only_what_it_sends_and_findings_bear_its_own_name(api: Api) -> None:
    for unit in ("县财政局", "县民政局"):
        _, answer = api.precheck({"text": LEAK}, unit)
        assert {finding["unit"] for finding in answer["findings"]} == {unit}
    paths = json.loads(api.call("GET", "/api/v1/openapi.json", key=None)[2])["paths"]
    assert set(paths) == {"/api/v1/health", "/api/v1/precheck"}


# --- keeping ------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_only_when_asked_and_then_in_the_vault(api: Api) -> None:
    vault = api.home / "vault"
    before = {path for path in vault.rglob("*") if path.is_file()}
    api.form([("text", LEAK)], [("files", "名单.csv", LIST)])
    assert {path for path in vault.rglob("*") if path.is_file()} == before
    assert api.rows("select id from desk_keptdraft where unit = '县财政局'") == []
    status, _ = api.form([("text", LEAK), ("keep", "true")], [("files", f"王某{MOBILE}.csv", LIST)])
    assert status == 200
    kept = api.rows("select * from desk_keptdraft where unit = '县财政局' order by id")
    assert [row["name"] for row in kept] == ["正文", "王某139****1234.csv"]
    assert [len(json.loads(row["findings"])) for row in kept] == [1, 2]  # the file's name is one of them
    assert all(row["expires_at"] > row["kept_at"] for row in kept)
    sealed = [path.read_bytes() for path in vault.rglob("*") if path.is_file() and path not in before]
    assert len(sealed) == 2
    assert all(MOBILE.encode() not in data for data in sealed)
    assert MOBILE not in str(kept)


# --- wrong input --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"", 400, "JSON"),
        (b"{", 400, "JSON"),
        (b"\xff\xfe", 400, "UTF-8"),
        ('{"text": "好"}'.encode("gb18030"), 400, "UTF-8"),
        (b"[" * 100_000, 400, "JSON"),
        (b"1" * 5000, 400, "JSON"),
        (b"null", 422, "对象"),
        (b"[]", 422, "对象"),
        (b"{}", 422, "至少"),
        (b'{"title": "x"}', 422, "至少"),
        (b'{"text": " \\n", "files": []}', 422, "至少"),
        (b'{"text": 1}', 422, "text"),
        (b'{"html": null}', 422, "html"),
        (b'{"text": "x", "keep": "yes"}', 422, "keep"),
        (b'{"text": "x", "unit": "\xe5\x8e\xbf\xe6\xb0\x91\xe6\x94\xbf\xe5\xb1\x80"}', 422, "没有这个字段"),
        (b'{"files": "x"}', 422, "列表"),
        (b'{"files": [1]}', 422, "第 1 项"),
        (b'{"files": [{"name": "a", "data": "%%%%"}]}', 422, "base64"),
        (b'{"files": [{"name": "a", "data": "QQ=="}, {"name": "b", "data": "QQ"}]}', 422, "第 2 项"),
        (b'{"files": [{"name": "", "data": "QQ=="}]}', 422, "文件名"),
        (b'{"files": [{"name": "a"}]}', 422, "第 1 项"),
    ],
)
def test_wrong_json_is_told_in_one_chinese_line(api: Api, body: bytes, status: int, told: str) -> None:
    answered, problem = api.precheck(body)
    assert answered == status
    assert set(problem) == {"error"}
    assert told in problem["error"]
    assert "\n" not in problem["error"]


def test_half_a_character_and_control_characters_do_no_harm(api: Api) -> None:
    assert api.precheck(b'{"text": "\\ud800\\u0000 x", "title": "\\udfff", "files": [{"name": "\\ud83d.txt", "data": "QQ=="}], "keep": true}')[0] == 200


def test_sizes_and_numbers_are_limited(api: Api) -> None:
    file = {"name": "a.txt", "data": "QQ=="}
    assert api.precheck({"files": [file] * 20})[0] == 200
    assert api.precheck({"files": [file] * 21}) == (422, {"error": "文件超过 20 个，请分批提交"})
    assert api.form([], [("files", "a.txt", b"A")] * 21)[0] == 422
    assert api.precheck({"text": "好" * 500_001})[0] == 413
    assert api.precheck({"text": "x", "title": "长" * 501})[0] == 422
    assert api.precheck({"files": [{"name": "n" * 256, "data": "QQ=="}]})[0] == 422
    big = b64(b"\0" * (20 * 1024 * 1024 + 1))
    status, problem = api.precheck({"files": [{"name": "大.bin", "data": big}]})
    assert (status, problem["error"]) == (413, "第 1 个文件超过 20 MB，请拆分后提交")
    assert api.form([], [("files", "大.bin", b"\0" * (20 * 1024 * 1024 + 1))])[0] == 413
    status, _, body = api.call("POST", "/api/v1/precheck", b" " * (61 * 1024 * 1024))
    assert status == 413
    assert "60 MB" in json.loads(body)["error"]


@pytest.mark.parametrize(
    ("fields", "files", "told"),
    [
        ([("text", "x"), ("text", "y")], [], "2 次"),
        ([("words", "x")], [], "words"),
        ([("text", "x"), ("keep", "1")], [], "keep"),
        ([("text", "x")], [("file", "a.txt", b"a")], "file"),
        ([("title", "x")], [], "至少"),
        ([("text", "")], [], "至少"),
        ([("<script>", "x")], [], "没有这个字段"),
    ],
)
def test_wrong_forms_are_told(api: Api, fields: list[tuple[str, str]], files: list[tuple[str, str, bytes]], told: str) -> None:
    status, problem = api.form(fields, files)
    assert status == 422
    assert told in problem["error"]
    assert "<" not in problem["error"]


def test_other_formats_methods_and_paths_are_refused(api: Api) -> None:
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "", "multipart/mixed"):
        assert api.call("POST", "/api/v1/precheck", b"text=x", kind=kind)[0] == 415
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"):
        assert api.call("POST", "/api/v1/precheck", b"--x\r\nbroken", kind=kind)[0] in (400, 422)
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        status, headers, _ = api.call(method, "/api/v1/precheck", b"")
        assert (status, headers["allow"]) == (405, "POST")
    for path in ("/api/v1/", "/api/v1/findings", "/api/v1/precheck/1", "/api/v2/precheck"):
        assert api.call("POST", path, b"{}")[0] in (403, 404, 405)


# --- around it ----------------------------------------------------------------------------------------------------


def test_health_and_description_need_no_key_and_nothing_from_elsewhere(api: Api) -> None:
    assert api.call("GET", "/api/v1/health", key=None)[::2] == (200, b'{"status": "ok"}')
    status, headers, body = api.call("GET", "/api/v1/docs", key=None)
    page = body.decode()
    assert status == 200
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert not re.search(r"https?://|<script|style=|//cdn", page)
    assert "发布前检查" in page
    assert "/api/v1/precheck" in page
    description = json.loads(api.call("GET", "/api/v1/openapi.json", key=None)[2])
    operation = description["paths"]["/api/v1/precheck"]["post"]
    assert set(operation["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    assert set(operation["responses"]) >= {"200", "400", "401", "413", "415", "422"}
    assert operation["security"]


def test_many_at_once_are_all_answered_rightly(api: Api) -> None:
    drafts = [{"text": LEAK + str(number)} if number % 2 else {"text": f"第{number}期简报已经印发。"} for number in range(60)]
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(api.precheck, drafts))
    assert [status for status, _ in answers] == [200] * 60
    assert [answer["publishable"] for _, answer in answers] == [number % 2 == 0 for number in range(60)]


def test_through_worker_processes_the_answers_are_the_same(api: Api, tmp_path: Path) -> None:
    drafts = [
        {"text": LEAK},
        {"html": f"<td>{LEAK}</td>", "files": [{"name": "名单.csv", "data": b64(LIST)}]},
        {"files": [{"name": "a.zip", "data": b64(b"PK\x03\x04")}]},
    ]
    with running(tmp_path, workers=2) as other:
        assert [other.precheck(draft) for draft in drafts] == [api.precheck(draft) for draft in drafts]


def test_schemathesis_finds_no_server_error_and_no_answer_against_the_description(api: Api) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from schemathesis.specs.openapi.checks import negative_data_rejection

    schema = schemathesis.openapi.from_url(f"{api.base}/api/v1/openapi.json", wait_for_schema=5)

    @schema.auth()
    class Key:
        def get(self, case: object, context: object) -> str:
            return api.keys["县财政局"]

        def set(self, case: object, data: str, context: object) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}  # type: ignore[attr-defined]

    operations = [schema["/api/v1/precheck"]["POST"], schema["/api/v1/health"]["GET"]]
    modes = list(schemathesis.GenerationMode)
    statuses = set()

    @settings(max_examples=150, deadline=None, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def everything(data: st.DataObject) -> None:
        case = data.draw(st.one_of([operation.as_strategy(generation_mode=mode) for operation in operations for mode in modes]))
        response = case.call(timeout=60)
        statuses.add(response.status_code)
        # Left out by name alone: it takes a body without `text` but with `files` for a violation of `anyOf`.
        case.validate_response(response, excluded_checks=[negative_data_rejection])

    everything()
    assert 200 in statuses
    assert max(statuses) < 500


def test_keys_are_issued_listed_and_recalled_from_the_command_line(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    from api_world import ROOT

    def command(call: str) -> subprocess.CompletedProcess[str]:
        program = f"from pathlib import Path\nfrom core.errors import XunchaError\nfrom service import token_commands as t\nc = Path('config/meixian')\ntry:\n    t.{call}\nexcept XunchaError as e:\n    raise SystemExit(str(e))"
        environment = {**os.environ, "XUNCHA_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
        return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)

    assert "还没有发过" in command("show(c)").stdout
    made = command("issue(c, '财政局', '门户')")
    assert made.returncode == 0, made.stderr
    key = made.stdout.splitlines()[-1]
    listed = command("show(c)").stdout
    assert "县财政局\t门户" in listed
    assert key not in listed
    assert "不在 units.yaml" in command("issue(c, '没有这个局', '门户')").stderr
    assert "要有名称" in command("issue(c, '财政局', ' ')").stderr
    assert "已收回" in command("recall(c, 1)").stdout
    assert "没有编号为 1 的有效密钥" in command("recall(c, 1)").stderr
    assert "收回" in command("show(c)").stdout
