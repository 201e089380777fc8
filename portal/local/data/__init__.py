"""Demo data: three programmes modelled on real ones, with invented people. Loading twice changes nothing."""

from portal.local.data import programmes

DEMO_SLUGS = ("kanagawa", "tokyo", "yamaguchi")


def load() -> None:
    programmes.load()
