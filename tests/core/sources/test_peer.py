"""Which addresses may be spoken to."""

from __future__ import annotations

import pytest

from core.sources.peer import allowed, is_loopback


@pytest.mark.parametrize("address", ["23.215.0.136", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_may_be_asked(address: str) -> None:
    assert allowed(address, loopback=False)


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3"),
        *(
            "224.0.0.1",
            "255.255.255.255",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "ff02::1",
            "::",
        ),
        *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "", "localhost", "1", "127.1"),
    ],
)
@pytest.mark.parametrize("loopback", [True, False])
def test_no_other_may_be(address: str, *, loopback: bool) -> None:
    assert not allowed(address, loopback=loopback)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_may_be_only_where_that_is_said(address: str) -> None:
    assert allowed(address, loopback=True)
    assert not allowed(address, loopback=False)


def test_this_machine_is_known_by_name_and_number() -> None:
    assert is_loopback("localhost")
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("localhost.example")
    assert not is_loopback("10.0.0.1")
