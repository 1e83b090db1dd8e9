"""Where a request may go: public addresses, and of the internal network only what the configuration names. Checked on the name, on redirects, and on the address connected to."""

import ipaddress
from collections.abc import Iterable
from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

_LOCAL_NAMES = (".localhost", ".internal", ".local", ".lan", ".intranet", ".home.arpa")
# Second-level names under which anybody registers: below them a site is three labels long.
_SHARED = frozenset({"gov", "com", "org", "net", "edu", "ac", "mil", "co"})
_PROVINCES = frozenset(
    [
        "bj",
        "sh",
        "tj",
        "cq",
        "he",
        "sx",
        "nm",
        "ln",
        "jl",
        "hl",
        "js",
        "zj",
        "ah",
        "fj",
        "jx",
        "sd",
        "ha",
        "hb",
        "hn",
        "gd",
        "gx",
        "hi",
        "sc",
        "gz",
        "yn",
        "xz",
        "sn",
        "gs",
        "qh",
        "nx",
        "xj",
        "tw",
        "hk",
        "mo",
    ]
)


def is_public(address: str) -> bool:
    """True for an IP address that the public internet routes."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast


def is_local(host: str | None) -> bool:
    """True for this machine and for addresses and names that no public site has. What a public-looking name leads to is only known when it is connected to."""
    if not host or host == "localhost" or host.rstrip(".").endswith(_LOCAL_NAMES):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return not is_public(host)


def is_loopback(host: str | None) -> bool:
    """True for this machine itself, which needs no politeness."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def site_of(host: str) -> str:
    """The part of a host name that one owner registers: `meixian.gov.cn` of `www.meixian.gov.cn`."""
    labels = host.lower().rstrip(".").split(".")
    if labels[-1].isdigit():
        return host
    wide = len(labels) > 2 and labels[-1] == "cn" and (labels[-2] in _SHARED or labels[-2] in _PROVINCES)
    return ".".join(labels[-3:] if wide else labels[-2:])


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, which refuses a name that leads to a private address. The address it gives is the one connected to, so a name that changes its mind changes nothing."""

    permitted: frozenset[str] = frozenset()
    refused: set[str]

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:
        """The address of the name; fails as if there were none where it is private and not permitted."""
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if name not in self.permitted and not is_public(address):
            self.refused.add(name)
            raise DNSLookupError(f"{name}: private address")
        return address


def guard(reactor: Any, settings: Any, permitted: Iterable[str], refused: set[str]) -> None:
    """Make the reactor resolve names with `permitted` internal ones and no others; what it refuses it notes in `refused`."""
    resolver = GuardedResolver(reactor, settings.getint("DNSCACHE_SIZE"), settings.getfloat("DNS_TIMEOUT"))
    resolver.permitted, resolver.refused = frozenset(permitted), refused
    resolver.install_on_reactor()
