"""A page at its address, fetched once, when the reader asks for it.

Only public addresses are connected to.  Each hop's host is resolved here, every address it
resolves to is checked, and the connection goes to a checked address, so that neither a
redirect nor a second answer of the name server leads into the reader's own network.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable
from importlib.metadata import version
from urllib.parse import SplitResult, urljoin, urlsplit

from readerlib.documents import Document, from_bytes
from readerlib.errors import Problem, ReaderError, quoted

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Progress = Callable[[float, str], None]

MOST_BYTES = 20_000_000
MOST_SECONDS = 40.0
MOST_HOPS = 5

_TRANSLATED = [
    ipaddress.ip_network(network)
    for network in (
        "64:ff9b::/96",  # NAT64 (RFC 6052): an IPv4 address inside, private ones too
        "64:ff9b:1::/48",  # NAT64 for local use (RFC 8215)
        "2002::/16",  # 6to4 (RFC 3056)
        "2001::/32",  # Teredo (RFC 4380)
        "fec0::/10",  # site-local, long given up
        "::/96",  # IPv4-compatible, given up
        "192.88.99.0/24",  # 6to4 relays
    )
]


def is_public(address: Address) -> bool:
    """Whether an address is one host of the public network, and no way round to another.

    Examples
    --------
    >>> is_public(ipaddress.ip_address("127.0.0.1")), is_public(ipaddress.ip_address("8.8.8.8"))
    (False, True)
    >>> is_public(ipaddress.ip_address("64:ff9b::7f00:1"))
    False
    """
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return is_public(mapped)
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not any(address in net for net in _TRANSLATED if net.version == address.version)
    )


def fetch(
    url: str,
    progress: Progress | None = None,
    *,
    allowed: Callable[[Address], bool] = is_public,
) -> Document:
    """The document at an address of the web.

    Parameters
    ----------
    url : str
        Begins with ``https://`` or ``http://``.
    progress : callable, optional
        Called with a share of the work done, from 0 to 1, and what is being done.
    allowed : callable, optional
        Which network addresses may be connected to; a test passes another one.

    Raises
    ------
    ReaderError
        If the address is not public, does not answer, or answers with no document.

    Examples
    --------
    >>> fetch("file:///etc/hostname")
    Traceback (most recent call last):
    readerlib.errors.ReaderError: the address "file:///etc/hostname" is not one of the web.
      It begins with https:// or http://, and names a host and no user.
      Correct it, or save the page in a browser and name the file.
    """
    say = progress or (lambda share, what: None)
    deadline = time.monotonic() + MOST_SECONDS
    at = url.strip()
    for _ in range(MOST_HOPS + 1):
        parts = _parts(at, url)
        say(0.1, f"asking {parts.hostname}")
        target = _resolved(parts, allowed)
        answer = _asked(parts, target, deadline)
        try:
            if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("Location"):
                onward = urljoin(at, answer.headers["Location"])
                if parts.scheme == "https" and urlsplit(onward).scheme == "http":
                    raise _failed(url, "it leads from a secure page to one that is not")
                at = onward
                continue
            if answer.status != 200:
                raise _failed(url, f"the server answers {answer.status}")
            data = _body(answer, deadline, url, say)
        except (OSError, http.client.HTTPException, zlib.error) as error:
            raise _failed(url, f"the answer broke off ({type(error).__name__})") from None
        finally:
            answer.close()
        say(0.9, "reading the page")
        return from_bytes(data, str(parts.hostname))
    raise _failed(url, f"it leads on more than {MOST_HOPS} times")


def _parts(at: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(at)
        good = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.username is None
            and (parts.port is None or 0 < parts.port < 65536)
            and not any(c.isspace() or c < " " for c in at)
        )
    except ValueError:
        good = False
    if not good:
        raise ReaderError(
            Problem(
                f"the address {quoted(at)} is not one of the web",
                "It begins with https:// or http://, and names a host and no user.",
                "Correct it, or save the page in a browser and name the file.",
            )
        )
    return parts


def _resolved(parts: SplitResult, allowed: Callable[[Address], bool]) -> tuple[str, int]:
    """The checked network address of a host, and the port."""
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ReaderError(
            Problem(
                f"the host {quoted(host)} is not found",
                "There may be no network here.",
                "Try again, or save the page in a browser and name the file.",
            )
        ) from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        if not allowed(ipaddress.ip_address(address)):
            raise ReaderError(
                Problem(
                    f"the host {quoted(host)} is not in the public network",
                    "Only public pages are fetched.",
                    "Save the page in a browser and name the file.",
                )
            )
    return addresses[0], port


def _asked(
    parts: SplitResult, target: tuple[str, int], deadline: float
) -> http.client.HTTPResponse:
    """The answer of the host, asked at the address that was checked."""
    host = str(parts.hostname)
    try:
        connected = socket.create_connection(target, timeout=min(10.0, _left(deadline)))
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connected = context.wrap_socket(connected, server_hostname=host)
        connection = http.client.HTTPConnection(host, target[1], timeout=10)
        connection.sock = connected
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = host.encode("idna").decode() if not host.isascii() else host
        named = f"[{named}]" if ":" in named else named
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", named if parts.port is None else f"{named}:{parts.port}")
        connection.putheader("User-Agent", f"readerlib/{version('jupyter-readerlib')}")
        connection.putheader("Accept", "text/html, application/pdf, text/plain, */*;q=0.5")
        connection.putheader("Accept-Encoding", "gzip, identity;q=0.5")
        connection.putheader("Connection", "close")
        connection.endheaders()
        return connection.getresponse()
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        raise _failed(parts.geturl(), f"no answer ({type(error).__name__})") from None


def _body(answer: http.client.HTTPResponse, deadline: float, url: str, say: Progress) -> bytes:
    """What the server sends, unpacked, within the limits of size and time."""
    packed = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip"):
        raise _failed(url, f"the answer is packed as {quoted(packed)}")
    unpack = zlib.decompressobj(31) if "gzip" in packed else None
    length = int(answer.headers.get("Content-Length") or 0) if unpack is None else 0
    data = bytearray()
    while True:
        if _left(deadline) <= 0.01:
            raise _failed(url, f"the answer took longer than {MOST_SECONDS:.0f} seconds")
        chunk = answer.read1(1 << 16)
        if not chunk:
            return bytes(data)
        data += unpack.decompress(chunk, MOST_BYTES + 1 - len(data)) if unpack else chunk
        if len(data) > MOST_BYTES:
            raise _failed(url, f"the page is larger than {MOST_BYTES // 1_000_000} MB")
        say(0.2 + 0.6 * min(1.0, len(data) / max(length, 600_000)), "fetching the page")


def _left(deadline: float) -> float:
    return max(0.01, deadline - time.monotonic())


def _failed(url: str, wrong: str) -> ReaderError:
    return ReaderError(
        Problem(
            f"{quoted(url)}: {wrong}",
            "Some sites answer only a browser, or only readers who are signed in.",
            "Open the page in a browser, save it, and name the file.",
        )
    )
