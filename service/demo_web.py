"""The demo county's little web and mail server once more, on the addresses its configuration names. `python -m service.demo_web FOLDER`.

FOLDER is the `county` folder of `xuncha demo --keep`. Ends when its standard input does, so that it never outlives who started it.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from core.config import SHARED, load_county
from core.errors import EnvironmentFailure, XunchaError


def main(folder: Path) -> int:
    """Serve until standard input ends."""
    from demo.accounts import build_accounts
    from demo.configuration import Base, owners, units_of
    from demo.events import build_events
    from demo.facts import load_facts
    from demo.mailserver import MailServer
    from demo.portal import build_portal
    from demo.web import Web, serve
    from service.demo import FACTS

    county = load_county(folder / "config")
    port = urlsplit(county.portal.url or "").port or 0
    facts, base, web = load_facts(FACTS), Base.read(SHARED / "meixian"), Web(port)
    if urlsplit(web.base).port != port:
        web.close()
        raise EnvironmentFailure(f"演示县网站的端口 {port} 已被占用，夜间采集会报“未能采集”。请停掉占用它的程序后重新启动")
    portal = build_portal(facts, web)
    build_accounts(facts, web, portal.recommended, owners(facts, base, units_of(facts, base)))
    build_events(facts, web)
    mail = MailServer(folder / "mail", county.mail.port if county.mail else 0)
    mail.start()
    try:
        with serve(web):
            sys.stdin.buffer.read()
    finally:
        mail.stop()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except XunchaError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
