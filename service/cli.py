"""The command line `xuncha`: thin, Chinese, one line for every error. Heavy rooms are entered only by the command that needs them."""

import gc
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from core.errors import EnvironmentFailure, UsageError, XunchaError
from service.chinese import Command, Group, translate

app = typer.Typer(
    name="xuncha",
    help="巡查：查县级政务公开里的隐私泄露、错误表述和不更新，写出每月通报。",
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
config_app = typer.Typer(help="县的配置。", cls=Group, no_args_is_help=True)
app.add_typer(config_app, name="config")

DEFAULT_CONFIG = Path("config/meixian")
Config = Annotated[Path, typer.Option("--config", help="县的配置目录。", metavar="目录")]
Json = Annotated[bool, typer.Option("--json", help="只输出 JSON。")]
Out = Annotated[Path | None, typer.Option("--out", help="结果写到哪个目录。", metavar="目录")]

INTERRUPTED = 130


@config_app.command("check", cls=Command)
def config_check(config: Config = DEFAULT_CONFIG, sources: Annotated[bool, typer.Option("--sources", help="列出全部来源。")] = False) -> int:
    """核对县的配置：每条意见都指明文件、条目和原因。"""
    from service.configuration import told

    return told(config, sources)


@app.command(cls=Command)
def demo(
    facts: Annotated[Path | None, typer.Option("--facts", help="事实表目录；不给时用自带的眉县 2023 年 10 月。", metavar="目录")] = None,
    out: Out = None,
    keep: Annotated[bool, typer.Option("--keep", help="保留演示县的配置、数据库和收发文件夹，便于查看。")] = False,
    stay: Annotated[bool, typer.Option("--stay", help="完成后让演示县的网站继续开着，按 Ctrl-C 结束（含 --keep）。")] = False,
    config: Config = DEFAULT_CONFIG,
) -> int:
    """演示：按事实表搭起一个县的网站和账号，采集、检查、评定，写出通报。"""
    from service.demo import run_demo

    return run_demo(facts, out, config, keep or stay, stay)


@app.command(cls=Command)
def crawl(
    source: Annotated[list[str] | None, typer.Option("--source", help="只采集这个来源，可多次给出。", metavar="来源")] = None,
    full: Annotated[bool, typer.Option("--full", help="全部重新采集，不只看可能有变化的。")] = False,
    config: Config = DEFAULT_CONFIG,
) -> int:
    """采集：把网站、账号、邮箱、文件夹里的内容存下来，每个来源留一张回执。"""
    from service.commands import crawl as job

    return job(config, source or [], full)


@app.command(cls=Command)
def check(paths: Annotated[list[Path], typer.Argument(help="文件或文件夹。", metavar="路径…")], as_json: Json = False, config: Config = DEFAULT_CONFIG) -> int:
    """发布前检查文件或文件夹；不写入任何东西。"""
    from service.precheck import check_paths

    return check_paths(paths, as_json, config)


@app.command(cls=Command)
def redact(
    path: Annotated[Path, typer.Argument(help="要脱敏的文件（docx、xlsx、csv、txt、html）。", metavar="路径")],
    out: Annotated[Path, typer.Option("-o", "--out", help="脱敏版写到哪里。", metavar="路径")],
    config: Config = DEFAULT_CONFIG,
) -> int:
    """生成脱敏版：遮盖每一处泄露，版式不变；做不到就什么也不写。"""
    from service.redact import redact as job

    print(job(path, out).summary())
    return 0


@app.command(cls=Command)
def audit(
    path: Annotated[Path, typer.Argument(help="写好的通报（docx、txt、html）。", metavar="路径")], as_json: Json = False, config: Config = DEFAULT_CONFIG
) -> int:
    """核对一份写好的通报：正文里的数字与它自己的附件是否一致。"""
    from service.inspect import audit_path

    return audit_path(path, as_json)


@app.command(cls=Command)
def extract(
    path: Annotated[Path, typer.Argument(help="存下的网页文件。", metavar="路径")],
    url: Annotated[str, typer.Option("--url", help="这个网页的网址。", metavar="网址")],
    as_json: Json = False,
    config: Config = DEFAULT_CONFIG,
) -> int:
    """看采集程序从一个存下的网页里读出了什么。"""
    from service.inspect import extract_path

    return extract_path(path, url, as_json)


@app.command(cls=Command)
def feed(
    path: Annotated[Path, typer.Argument(help="存下的订阅源、接口答复或台账。", metavar="路径")],
    at: Annotated[str | None, typer.Option("--at", help="这份答复是何时存下的（“5分钟前”从这时算起），默认取文件的时间。", metavar="时间")] = None,
    as_json: Json = False,
    config: Config = DEFAULT_CONFIG,
) -> int:
    """看采集程序从订阅源（RSS、Atom、JSON Feed）、微信微博抖音接口答复或台账里读出了什么。"""
    from service.feed_command import feed_path

    return feed_path(path, as_json, at)


@app.command(cls=Command)
def read(path: Annotated[Path, typer.Argument(help="文件。", metavar="路径")], as_json: Json = False, config: Config = DEFAULT_CONFIG) -> int:
    """把文件里的文字逐块读出来，注明在哪里。"""
    from service.inspect import read_path

    return read_path(path, as_json)


@app.command(cls=Command)
def assess(month: Annotated[str, typer.Argument(help="月份，如 2023-10。", metavar="年-月")], out: Out = None, config: Config = DEFAULT_CONFIG) -> int:
    """评定一个月，写出通报和五个附件。"""
    from service.commands import assess as job

    return job(config, month, out)


@app.command(cls=Command)
def recheck(
    since: Annotated[str | None, typer.Option("--since", help="只重查这一天以来发布的，如 2023-10-01。", metavar="日期")] = None,
    config: Config = DEFAULT_CONFIG,
) -> int:
    """用今天的规则重查已存下的内容。"""
    from service.commands import recheck as job

    return job(config, since)


@app.command(cls=Command)
def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址。", metavar="地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="监听端口。", metavar="端口")] = 8000,
    with_demo: Annotated[bool, typer.Option("--demo", help="用演示县的数据（var/demo）。")] = False,
    config: Config = DEFAULT_CONFIG,
) -> int:
    """工作台和定时任务一起运行。"""
    from service.serve import serve as job

    return job(config, host, port, with_demo)


source_app = typer.Typer(help="采集源。", cls=Group, no_args_is_help=True)
app.add_typer(source_app, name="source")


@source_app.command("add", cls=Command)
def source_add(
    url: Annotated[str, typer.Argument(help="栏目列表页（或 RSS、网站地图、列表接口）的网址。", metavar="网址")],
    unit: Annotated[str | None, typer.Option("--unit", help="写入哪个单位的栏目。", metavar="单位")] = None,
    name: Annotated[str | None, typer.Option("--name", help="栏目名称；已有的栏目只补上网址。", metavar="栏目")] = None,
    cycle: Annotated[str, typer.Option("--cycle", help="更新周期，如 1条/月。", metavar="周期")] = "实时更新",
    news: Annotated[str | None, typer.Option("--news", help="写入哪个快讯列表。", metavar="列表")] = None,
    golden: Annotated[Path | None, typer.Option("--golden", help="把网页存为测试样本，放在哪里，如 tests/golden。", metavar="目录")] = None,
    config: Config = DEFAULT_CONFIG,
) -> int:
    """看一个网页：认出列表的写法，列出前几条，写进配置。"""
    from service.source_add import Wanted, add

    return add(config, url, Wanted(unit, name, cycle, news), golden)


schedule_app = typer.Typer(help="定时任务：不带子命令时在前台运行。", cls=Group, invoke_without_command=True)
app.add_typer(schedule_app, name="schedule")


@schedule_app.callback()
def schedule(context: typer.Context, config: Config = DEFAULT_CONFIG) -> int:
    """定时任务：不带子命令时在前台运行，直到 Ctrl-C。"""
    from service.schedule_commands import schedule as job

    return job(config) if context.invoked_subcommand is None else 0


@schedule_app.command("status", cls=Command)
def schedule_status(as_json: Json = False, config: Config = DEFAULT_CONFIG) -> int:
    """每个任务上次何时运行、结果如何、下次何时。"""
    from service.schedule_commands import schedule_status as job

    return job(config, as_json)


@app.command(cls=Command)
def worker(
    jobs: Annotated[int, typer.Option("--jobs", help="同时做几件。", metavar="件数", min=1, max=32)] = 1,
    config: Annotated[Path, typer.Option("--config", help="一个县的配置目录，或装着许多县的目录。", metavar="目录")] = DEFAULT_CONFIG,
) -> int:
    """处理进程：在共用的 PostgreSQL 上多一双手，可在多台机器上各开几个。"""
    from service.worker import worker as job

    return job(config, jobs)


db_app = typer.Typer(help="数据库：换到 PostgreSQL、备份、恢复。", cls=Group, no_args_is_help=True)
app.add_typer(db_app, name="db")


@db_app.command("copy", cls=Command)
def db_copy(
    to: Annotated[str, typer.Option("--to", help="复制到哪个空库：postgresql://… 或 sqlite:///路径。", metavar="地址")],
    config: Config = DEFAULT_CONFIG,
) -> int:
    """把现在的库整个复制到另一个空库，逐行核对。"""
    from service.db_commands import copy as job

    return job(config, to)


@db_app.command("backup", cls=Command)
def db_backup(path: Annotated[Path, typer.Argument(help="写到哪个文件（.tar）。", metavar="文件")], config: Config = DEFAULT_CONFIG) -> int:
    """把数据库和证据库备份成一个文件（不含密钥）。"""
    from service.db_commands import backup as job

    return job(config, path)


@db_app.command("restore", cls=Command)
def db_restore(path: Annotated[Path, typer.Argument(help="备份文件。", metavar="文件")], config: Config = DEFAULT_CONFIG) -> int:
    """把备份恢复到空的数据目录，逐行核对。"""
    from service.db_commands import restore as job

    return job(config, path)


token_app = typer.Typer(help="接口密钥：单位的 CMS 调用发布前检查接口时使用。", cls=Group, no_args_is_help=True)
app.add_typer(token_app, name="token")


@token_app.command("issue", cls=Command)
def token_issue(
    unit: Annotated[str, typer.Argument(help="单位名称。", metavar="单位")],
    name: Annotated[str, typer.Option("--name", help="给密钥起的名字，如“门户CMS”。", metavar="名字")],
    config: Config = DEFAULT_CONFIG,
) -> int:
    """给一个单位发一把密钥，只显示一次。"""
    from service.token_commands import issue

    return issue(config, unit, name)


@token_app.command("show", cls=Command)
def token_show(config: Config = DEFAULT_CONFIG) -> int:
    """列出密钥：编号、单位、名字、何时发放和使用、是否收回。"""
    from service.token_commands import show

    return show(config)


@token_app.command("recall", cls=Command)
def token_recall(number: Annotated[int, typer.Argument(help="密钥的编号，见 token show。", metavar="编号")], config: Config = DEFAULT_CONFIG) -> int:
    """收回一把密钥，立即失效。"""
    from service.token_commands import recall

    return recall(config, number)


rules_app = typer.Typer(help="表述规则。", cls=Group, no_args_is_help=True)
app.add_typer(rules_app, name="rules")


@rules_app.command("stats", cls=Command)
def rules_stats(as_json: Json = False, config: Config = DEFAULT_CONFIG) -> int:
    """每条规则发现过多少处、被判误报多少处，误报多的排在前面。"""
    from service.rule_stats import show

    return show(config, as_json)


evidence_app = typer.Typer(help="证据：固定、核对、查看、导出。", cls=Group, no_args_is_help=True)
app.add_typer(evidence_app, name="evidence")


@evidence_app.command("make", cls=Command)
def evidence_make(
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多做几篇。", metavar="篇数")] = 200,
    config: Config = DEFAULT_CONFIG,
) -> int:
    """给还没有证据的问题存下网页原文（WARC）并截图；平时由计划任务在检查之后做。"""
    from service.evidence_command import make

    return make(config, limit)


@evidence_app.command("verify", cls=Command)
def evidence_verify(
    everything: Annotated[bool, typer.Option("--all", help="连同全部存下的网页和附件一起核对。")] = False,
    as_json: Json = False,
    config: Config = DEFAULT_CONFIG,
) -> int:
    """核对证据的 SHA-256：哪些缺失、哪些被改动过。"""
    from service.evidence_command import verify

    return verify(config, everything, as_json)


@evidence_app.command("show", cls=Command)
def evidence_show(
    finding: Annotated[str, typer.Argument(help="问题的编号（可只写开头几位）。", metavar="编号")], as_json: Json = False, config: Config = DEFAULT_CONFIG
) -> int:
    """看一个问题有哪些证据：采集时间、校验值、截图。"""
    from service.evidence_command import show

    return show(config, finding, as_json)


@evidence_app.command("export", cls=Command)
def evidence_export(
    finding: Annotated[str, typer.Argument(help="问题的编号（可只写开头几位）。", metavar="编号")],
    out: Annotated[Path, typer.Option("-o", "--out", help="写到哪个目录。", metavar="目录")],
    raw: Annotated[bool, typer.Option("--raw", help="连同未脱敏的原文（WARC）一起导出。")] = False,
    config: Config = DEFAULT_CONFIG,
) -> int:
    """导出一个问题的截图和清单。"""
    from service.evidence_command import export

    return export(config, finding, out, raw)


def main() -> NoReturn:
    """Run a command; every expected failure is one Chinese line on standard error and the contract's exit code."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # it has none here, and looking for them reads every installed package
    gc.set_threshold(100_000, 50, 50)  # the rules are many small objects that stay; looking through them over and over is half the start-up
    try:
        code = app(standalone_mode=False)
    except XunchaError as error:
        _say(str(error))
        code = error.exit_code
    except typer.Exit as stop:
        code = stop.exit_code
    except KeyboardInterrupt:
        _say("已中断。已完成的部分都已保存，可重新运行同一命令继续。")
        code = INTERRUPTED
    except OSError as error:
        _say(f"文件读写失败：{error.filename or ''} {error.strerror or error}。请检查路径、权限和磁盘空间")
        code = EnvironmentFailure.exit_code
    except Exception as error:  # the outermost boundary: usage errors of click, and bugs
        code = _usage_or_bug(error)
    sys.exit(code or 0)


def _usage_or_bug(error: Exception) -> int:
    if hasattr(error, "format_message"):
        if message := translate(error.format_message()):  # empty: the help was asked for by giving nothing
            _say(f"{message}（用 --help 查看用法）")
        return UsageError.exit_code
    if type(error).__name__ == "Abort":
        _say("已中断。")
        return INTERRUPTED
    raise error


def _say(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    main()
