"""Socket addresses as the kernel writes them, and the addresses of this machine.

The packet path compares and stores ``sockaddr`` bytes; text is only made for STUN answers, candidates and people.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from typing import Any

from cffi import FFI

ffi = FFI()
ffi.cdef(
    """
    struct ifaddrs { struct ifaddrs *ifa_next; char *ifa_name; unsigned int ifa_flags; void *ifa_addr;
                     void *ifa_netmask; void *ifa_dstaddr; void *ifa_data; };
    int getifaddrs(struct ifaddrs **list);
    void freeifaddrs(struct ifaddrs *list);
    """
)
libc: Any = ffi.dlopen(None)

IFF_UP = 1

SocketAddress = tuple[str, int] | tuple[str, int, int, int]


def socket_address(host: str, port: int) -> tuple[socket.AddressFamily, SocketAddress]:
    """Family and bind address of a numeric host; ``::`` takes both families."""
    if ipaddress.ip_address(host).version == 6:
        return socket.AF_INET6, (host, port, 0, 0)
    return socket.AF_INET, (host, port)


def address_of(name: bytes) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]:
    """The IP address and port in a ``sockaddr_in`` or ``sockaddr_in6``. IPv4 seen through an IPv6 socket comes back
    as IPv4: that is how its owner knows itself (RFC 8489 section 14.2)."""
    (port,) = struct.unpack_from("!H", name, 2)
    if len(name) == 16:
        return ipaddress.IPv4Address(name[4:8]), port
    address = ipaddress.IPv6Address(name[8:24])
    return address.ipv4_mapped or address, port


def name_of(host: str, port: int, family: socket.AddressFamily) -> bytes:
    """The ``sockaddr`` bytes for a numeric host on a socket of ``family``."""
    address = ipaddress.ip_address(host)
    if family == socket.AF_INET:
        return struct.pack("=H", family) + struct.pack("!H4s8x", port, address.packed)
    packed = address.packed if address.version == 6 else b"\0" * 10 + b"\xff\xff" + address.packed
    return struct.pack("=H", family) + struct.pack("!HI16sI", port, 0, packed, 0)


def local_addresses() -> list[str]:
    """Addresses of the interfaces that are up, without loopback (unless there is nothing else) and link-local."""
    head = ffi.new("struct ifaddrs **")
    if libc.getifaddrs(head) != 0:
        return ["127.0.0.1"]
    found: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = []
    entry = head[0]
    while entry != ffi.NULL:
        if entry.ifa_addr != ffi.NULL and entry.ifa_flags & IFF_UP:
            (family,) = struct.unpack("=H", ffi.buffer(entry.ifa_addr, 2)[:])
            size = {socket.AF_INET: 16, socket.AF_INET6: 28}.get(family)
            if size is not None:
                found.append(address_of(ffi.buffer(entry.ifa_addr, size)[:])[0])
        entry = entry.ifa_next
    libc.freeifaddrs(head[0])
    usable = [address for address in found if not address.is_link_local]
    outside = [address for address in usable if not address.is_loopback]
    return [str(address) for address in outside or usable]
