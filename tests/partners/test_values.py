from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.fields import FIELDS
from partners.values import read_value
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

KANAGAWA = Programme(pk=1, prefecture_code="140007")


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("founded_on", "平成27年4月1日", date(2015, 4, 1)),
        ("capital", "１０，０００", 10000),
        ("capital", "", None),
        ("phone", "０４５（０００）００００", "045-000-0000"),
        ("kana", "ｱｵﾊﾞ そーらー", "アオバ ソーラー"),
        ("municipality", "横浜市中区", "141046"),
        ("municipality", "１４１０４６", "141046"),
        ("municipality", "厚木市", "142123"),
        ("kind", "企業（法人）", "company"),
        ("kind", "npo", "npo"),
        ("industry_division", "製造業", "E"),
        ("themes", "プラごみゼロ、脱炭素・気候変動", ["plastic-zero", "decarbonisation"]),
        ("goals", "７、13", [7, 13]),
        ("links", "https://a.example.jp/\nhttps://b.example.jp/", ["https://a.example.jp/", "https://b.example.jp/"]),
        ("name", "　株式会社髙﨑①　", "株式会社髙﨑①"),
        ("name", "か\u3099くえん", "がくえん"),
    ],
)
def test_what_people_type_becomes_one_value(name: str, typed: str, value: object) -> None:
    with programme_scope(KANAGAWA):
        assert read_value(name, typed) == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [("municipality", "大阪市"), ("municipality", "緑区"), ("municipality", "141000"), ("kind", "宗教法人"), ("name", "長" * 201),
     ("summary", "長" * 2001), ("website", "www.example.jp"), ("contact_email", "hanako"), ("founded_on", "昔"), ("capital", "約1千万")],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_a_sentence(name: str, typed: str) -> None:
    with programme_scope(KANAGAWA), pytest.raises(ValueError, match="。|：「"):
        read_value(name, typed)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(FIELDS)), typed=st.text(max_size=60))
def test_any_text_for_any_field_is_read_or_refused(name: str, typed: str) -> None:
    with programme_scope(KANAGAWA):
        try:
            read_value(name, typed)
        except ValueError as refusal:
            assert str(refusal)
