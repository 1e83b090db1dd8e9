"""A whole demo county from fact tables: its web, its inbox, its mail server and the configuration that names them."""

import shutil
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import EnvironmentFailure, UsageError
from demo.contradictions import issue_day
from demo.facts import Facts
from demo.mailserver import MailServer
from demo.web import Web, serve

_MARK = ".demo-county"
_FOLDERS = ("config", "inbox", "mail")


class DemoCounty:
    """A county ready to be crawled: start it (or enter it), crawl, stop it.

    `config_dir` configuration · `inbox` folders of files · `mail_dir` mail taken by the server at `smtp` · `today` the bulletin's day.
    """

    def __init__(self, folder: Path, facts: Facts, web: Web, server: MailServer) -> None:
        self.facts = facts
        self.web = web
        self.config_dir = folder / "config"
        self.inbox = folder / "inbox"
        self.mail_dir = folder / "mail"
        self.smtp: tuple[str, int] = (server.host, server.port)
        self.today: date = issue_day(facts.month)
        self._server = server
        self._running: ExitStack | None = None

    def start(self) -> None:
        """Answer requests and take mail."""
        if self._running is None:
            self._running = ExitStack()
            self._running.enter_context(serve(self.web))
            self._running.callback(self._server.stop)
            self._server.start()

    def stop(self) -> None:
        """Give the ports back; the files stay."""
        if self._running is not None:
            self._running.close()
            self._running = None
        else:
            self.web.close()
            self._server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def build_county(facts: Facts, out: Path, config_base: Path) -> DemoCounty:
    """Build the county below `out` (its folders there are replaced) from the facts and the base configuration."""
    out = out.resolve()
    _clear(out)
    web = Web()
    try:
        server = MailServer(out / "mail")
        try:
            county = DemoCounty(out, facts, web, server)
            _fill(county, config_base)
        except BaseException:
            server.stop()
            raise
    except OSError as error:
        web.close()
        raise EnvironmentFailure(f"示例县无法写入 {out}（{error.strerror}），请检查磁盘空间和写权限，或用 --out 换一个文件夹") from None
    except BaseException:
        web.close()
        raise
    return county


def _fill(county: DemoCounty, config_base: Path) -> None:
    """Build everything the county shows and holds."""
    from demo.accounts import build_accounts
    from demo.configuration import Base, addresses, owners, units_of, write_configuration
    from demo.events import build_events
    from demo.inbox import write_inbox
    from demo.portal import build_portal

    facts, web = county.facts, county.web
    base = Base.read(config_base)
    units = units_of(facts, base)
    portal = build_portal(facts, web)
    accounts = build_accounts(facts, web, portal.recommended, owners(facts, base, units))
    local = {
        "web": web.base,
        "inbox": county.inbox,
        "smtp_host": county.smtp[0],
        "smtp_port": county.smtp[1],
        "events": build_events(facts, web),
    }
    write_inbox(facts, county.inbox, accounts, portal.recommended, addresses(units), county.today)
    write_configuration(county.config_dir, facts, base, units, portal, accounts, local)


def _clear(out: Path) -> None:
    """Remove what an earlier demo left below `out`; refuse folders of these names that no demo made."""
    try:
        if not (out / _MARK).exists():
            taken = [name for name in _FOLDERS if (out / name).exists()]
            if taken:
                raise UsageError(f"{out} 中已有文件夹 {'、'.join(taken)}，不是示例县留下的，不能覆盖；请用 --out 换一个文件夹")
            out.mkdir(parents=True, exist_ok=True)
            (out / _MARK).write_text("", encoding="utf-8")
        for name in _FOLDERS:
            if (out / name).exists():
                shutil.rmtree(out / name)
        (out / "mail").mkdir()
    except OSError as error:
        raise EnvironmentFailure(f"示例县无法写入 {out}（{error.strerror}），请检查磁盘空间和写权限，或用 --out 换一个文件夹") from None
