"""Which addresses can be sent to: what people really have, what forms let through, what attackers try."""

import pytest

from portal.outbox.addresses import Undeliverable, split_address


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("hanako@example.jp", ("hanako", "example.jp")),
        ("  hanako@EXAMPLE.jp ", ("hanako", "example.jp")),
        ("o'hara+sdgs@example.jp", ("o'hara+sdgs", "example.jp")),
        ('"yamada hanako"@example.jp', ('"yamada hanako"', "example.jp")),
        ('"a@b"@example.jp', ('"a@b"', "example.jp")),
        ("info@日本語.jp", ("info", "xn--wgv71a119e.jp")),
        ("abc..def.@docomo.ne.jp", ('"abc..def."', "docomo.ne.jp")),
        ("root@localhost", ("root", "localhost")),
    ],
)
def test_addresses_that_can_be_sent_to(address: str, envelope: tuple[str, str]) -> None:
    assert split_address(address) == envelope


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hanako",
        "@example.jp",
        "hanako@",
        "花子@example.jp",
        "hanako＠example.jp",
        "hanako@example.jp\nBcc: all@example.jp",
        "hanako\r\n@example.jp",
        '"hana\nko"@example.jp',
        '"hanako@example.jp',
        "hana ko@example.jp",
        "hanako@exa mple.jp",
        "hanako@example..jp",
        "hanako@[192.0.2.1]",
        "hanako@-example.jp",
        "<hanako@example.jp>",
        "a@example.jp,b@example.jp",
        "hanako\0@example.jp",
        "h" * 65 + "@example.jp",
        "hanako@" + "a" * 64 + ".jp",
        "hanako@" + "a." * 150 + "jp",
    ],
)
def test_addresses_that_cannot(address: str) -> None:
    with pytest.raises(Undeliverable, match="メールアドレス"):
        split_address(address)
