"""Search finds what people mean: one folding in Python, the same one in the database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.folding import HIRAGANA, KATAKANA, NEW_FORMS, OLD_FORMS, Folded, fold
from portal.web.models import Page

SAME = [
    ("ｶﾅｶﾞﾜ", "かながわ"),
    ("カナガワ", "かながわ"),
    ("かながわ", "かながわ"),
    ("ＳＤＧｓ", "sdgs"),
    ("㈱ヤマト", "(株)やまと"),
    ("髙橋 﨑田", "高橋 崎田"),
    ("濵田𠮷野", "浜田吉野"),
    ("渡邉", "渡辺"),
    ("①番", "1番"),
    ("０４５－０００", "045-000"),
    ("045‐000", "045-000"),
    ("045−000", "045-000"),
    ("株式会社　みなと", "株式会社 みなと"),
    ("葛\U000e0100城", "葛城"),
    ("ヴェネツィア", "ゔぇねつぃあ"),
    ("スーパー", "すーぱー"),
    ("１０〜２０", "10~20"),
]


@pytest.mark.parametrize(("written", "folded"), SAME)
def test_what_people_call_the_same_is_the_same(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert fold(folded) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_the_tables_stand_side_by_side() -> None:
    assert len(KATAKANA) == len(HIRAGANA)
    assert len(OLD_FORMS) == len(NEW_FORMS) == len(set(OLD_FORMS))
    assert not set(OLD_FORMS) & set(NEW_FORMS)


def test_the_database_folds_alike(kanagawa: Programme) -> None:
    titles = [written for written, _ in SAME]
    with programme_scope(kanagawa):
        Page.objects.create(slug=Page.Slug.PRIVACY, title="x", body="\n".join(titles))
        stored = Page.objects.annotate(folded=Folded("body")).get().folded
    assert [" ".join(line.split()) for line in stored.split("\n")] == [fold(title) for title in titles]
