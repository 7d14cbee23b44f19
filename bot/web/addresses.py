"""Which addresses may be fetched: those of the public internet, unless more is allowed.

Whoever can make the bot fetch an address could otherwise read what only the bot's own machine or
network can reach: a router's page, or the credentials that hosting providers serve to their
machines.
"""

import ipaddress
from urllib.parse import urlsplit

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that is reached."""
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")
"""RFC 8215: as _NAT64, with any layout; not known to every version of Python as private."""


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet.

    An IPv6 address that leads to an IPv4 address is as public as that one.

    Args:
        address: The address in numbers, without brackets.

    Raises:
        ValueError: It is no IP address in its usual spelling.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64_LOCAL or ip.is_site_local:
            return False
        embedded = _embedded(ip)
        if embedded is not None:
            return is_public(str(embedded))
    return ip.is_global and not (
        ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    )


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that packets to an IPv6 address are sent to; None for most."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.teredo is not None:
        return ip.teredo[1]
    return ip.ipv4_mapped or ip.sixtofour


def without_query(url: str) -> str:
    """Return a web address for messages: without query and user, which may hold secrets."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "this address"
    path = "" if parts.path == "/" else parts.path
    return f"{parts.scheme}://{host}{path}" if host else f"{parts.scheme}:" if parts.scheme else url
