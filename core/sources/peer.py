"""Which hosts may be spoken to: public ones, checked at the very connection that is used."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any

import httpcore

from core.sources.contract import SourceUnavailable

Trace = Callable[[str, dict[str, Any]], Awaitable[None]]


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine by its name or number alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def allowed(address: str, *, loopback: bool) -> bool:
    """Say whether an IP address is a public one, or this machine where `loopback` lets it be.

    Private, link-local, carrier and reserved addresses are not, nor what is no address.
    """
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    if number.is_loopback:
        return loopback
    return number.is_global and not number.is_multicast


def watch(*, loopback: bool) -> Trace:
    """Return what httpcore calls at each step: it refuses a connection to no public address.

    Looking at the connection itself, before anything is sent on it, leaves no gap between a
    name that was checked and a name that was resolved again.
    """

    async def refuse_private(event: str, details: dict[str, Any]) -> None:
        if event != "connection.connect_tcp.complete":
            return
        stream: httpcore.AsyncNetworkStream = details["return_value"]
        peer = stream.get_extra_info("server_addr")
        if not allowed(str(peer[0]) if peer else "", loopback=loopback):
            await stream.aclose()
            raise SourceUnavailable("the host's address is not a public one")

    return refuse_private
