"""Where messages may go. An address of the installation's own network would let whoever registers a webhook ask there
in our name (OWASP: server-side request forgery), so only addresses of the public internet are let through, unless the
installation says otherwise. The name is looked at when it is registered, the address at every connection."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

LONGEST = 500


def problem(url: str, *, private: bool) -> str:
    """The code of what is wrong with an address; empty when nothing is. ``private`` allows one's own network."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "webhook.bad_url"
    if parts.scheme not in {"http", "https"} or not host or port == 0 or not url.isascii() or len(url) > LONGEST:
        return "webhook.bad_url"
    if parts.username is not None or parts.password is not None or parts.fragment or any(c <= " " for c in url):
        return "webhook.bad_url"
    if private:
        return ""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return "webhook.private"
    return "webhook.private" if is_ip(host) and not is_public(host) else ""


def is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether it is an address of the public internet, also where IPv6 wraps an IPv4 one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in ipaddress.ip_network("64:ff9b::/96"):
            wrapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
    return found.is_global and not found.is_multicast
