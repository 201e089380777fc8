"""The settings that come from outside: what is missing, weak or broken names itself, and never shows a value."""

import pytest

from portal.environment import Environment, SettingsRefused


def problem(method: str, value: str | None, *arguments: object) -> str:
    env = Environment({} if value is None else {"NAME": value})
    getattr(env, method)("NAME", *arguments)
    with pytest.raises(SettingsRefused) as refused:
        env.refuse_if_wrong()
    return str(refused.value).removeprefix("The portal does not start. ")


@pytest.mark.parametrize(
    ("method", "value", "arguments", "sentence"),
    [
        ("text", None, (), "NAME is missing."),
        ("text", "", (), "NAME is missing."),
        ("items", None, (), "NAME is missing."),
        ("secret", None, (), "NAME is missing."),
        ("secret", "himitsu", (), "NAME is too weak: at least 50 random characters."),
        ("secret", "himitsu" * 20, (), "NAME is too weak: at least 50 random characters."),
        ("flag", "himitsu", (), "NAME must be 1 or 0."),
        ("number", "himitsu", (3,), "NAME must be a whole number."),
        ("number", "-1", (3,), "NAME must be a whole number."),
        ("number", "９", (3,), "NAME must be a whole number."),
        ("number", "9" * 5000, (3,), "NAME must be a whole number."),
        ("choice", "himitsu", (("A", "B"), "A"), "NAME must be one of A, B."),
        ("hosts", "a.example.jp,*", (), "NAME must name the hosts; * would let any name in."),
        ("database", None, (), "NAME is missing."),
        ("database", "mysql://himitsu@host/name", (), "NAME must begin with postgresql:// or postgres://."),
        ("database", "postgresql://user:himitsu@host:port/name", (), "NAME is no address."),
        ("database", "postgresql://user:himitsu@[host/name", (), "NAME is no address."),
        ("database", "postgresql://user:himitsu@host", (), "NAME must name a database: postgresql://user@host/name."),
        ("redis", None, (0,), "NAME is missing."),
        ("redis", "http://himitsu", (0,), "NAME must begin with redis:// or rediss:// or unix://."),
        ("redis", "redis://:himitsu@host:99999", (0,), "NAME is no address."),
        ("email", None, (), "NAME is missing."),
        ("email", "himitsu", (), "NAME must begin with smtp:// or smtp+tls:// or smtps://."),
    ],
)
def test_what_is_wrong_names_itself(
    method: str, value: str | None, arguments: tuple[object, ...], sentence: str
) -> None:
    assert problem(method, value, *arguments) == sentence


def test_everything_that_is_wrong_is_said_at_once_and_once() -> None:
    env = Environment({"PORT": "x"})
    env.text("A")
    env.number("PORT", 1)
    env.redis("REDIS_URL", 0)
    env.redis("REDIS_URL", 1)
    with pytest.raises(SettingsRefused, match=r"not start\. A is missing\. PORT must be .*\. REDIS_URL is missing\.$"):
        env.refuse_if_wrong()


def test_what_is_right_is_taken() -> None:
    env = Environment(
        {
            "ON": "yes",
            "LIST": " a.jp, ,b.jp ",
            "DB": "postgresql://app:p%40ss@db.example.jp:5433/kakehashi?sslmode=require",
            "SOCKET": "postgresql://app@/kakehashi?host=/run/pg",
            "REDIS": "rediss://:p%40ss@cache.example.jp:6380",
            "UNIX": "unix:///run/valkey.sock",
            "MAIL": "smtp+tls://me:p%40ss@mail.example.jp",
        }
    )
    assert (env.flag("ON"), env.flag("OFF"), env.number("N", 7)) == (True, False, 7)
    assert env.items("LIST") == ["a.jp", "b.jp"]
    database = env.database("DB")
    assert (database["USER"], database["PASSWORD"], database["HOST"]) == ("app", "p@ss", "db.example.jp")
    assert (database["PORT"], database["NAME"], database["OPTIONS"]) == ("5433", "kakehashi", {"sslmode": "require"})
    assert (env.database("SOCKET")["HOST"], env.database("SOCKET")["OPTIONS"]) == ("/run/pg", {})
    assert env.redis("REDIS", 1) == "rediss://:p%40ss@cache.example.jp:6380/1"
    assert env.redis("UNIX", 1) == "unix:///run/valkey.sock?db=1"
    assert env.redis("UNIX", 0, broker=True) == "redis+socket:///run/valkey.sock?virtual_host=0"
    mail = env.email("MAIL")
    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"], mail["EMAIL_HOST_PASSWORD"]) == (587, True, "p@ss")
    env.refuse_if_wrong()
