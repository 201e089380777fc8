from partners.fields import FIELDS, Section, Visibility, missing
from partners.models import Partner
from partners.vocabulary.kinds import Kind


def test_every_field_is_a_column_with_the_same_label() -> None:
    columns = {column.name: column for column in Partner._meta.concrete_fields}
    assert set(FIELDS) <= set(columns)
    assert {name for name in FIELDS if str(columns[name].verbose_name) != str(FIELDS[name].label)} == set()


def test_every_column_of_the_profile_is_a_field() -> None:
    own = {"id", "programme", "number", "state", "batch", "approved_on", "certificate_dated_on", "certificate_reissued_on",
           "is_migrated", "certificate_code",
           "visibility", "ending", "logo", "logo_alt", "folded", "revision", "created_at", "changed_at"}  # fmt: skip
    assert {column.name for column in Partner._meta.concrete_fields} - own == set(FIELDS)


def test_a_company_must_give_five_things_that_others_need_not() -> None:
    """Industry (large and middle), capital, employees and office."""
    asked = {
        name: {field.name for field in missing({"kind": name}, list(Section.values))}
        for name in (Kind.COMPANY, Kind.NPO)
    }
    assert asked[Kind.COMPANY] - asked[Kind.NPO] == {
        "industry_division", "industry_group", "capital", "employees_regular", "office_name",
    }  # fmt: skip


def test_nought_is_an_answer_and_nothing_is_none() -> None:
    names = {
        field.name
        for field in missing({"kind": Kind.COMPANY, "capital": 0, "office_name": "", "goals": []}, list(Section.values))
    }
    assert "capital" not in names
    assert {"office_name", "goals"} <= names


def test_only_the_chosen_sections_are_asked_for() -> None:
    assert {field.section for field in missing({"kind": Kind.COMPANY}, [Section.CONTACT])} == {Section.CONTACT}


def test_the_partner_decides_who_sees_a_field_unless_it_is_fixed() -> None:
    partner = Partner(programme_id=1, visibility={"phone": "staff", "name": "staff"})
    assert partner.visibility_of("phone") is Visibility.STAFF
    assert partner.visibility_of("name") is Visibility.PUBLIC
    assert partner.visibility_of("contact_name") is Visibility.PARTNERS


def test_personal_data_is_public_only_by_choice() -> None:
    personal = [
        field for field in FIELDS.values() if field.section == Section.CONTACT or "representative_" in field.name
    ]
    assert {field.name for field in personal if field.visibility is Visibility.PUBLIC} == {"representative_title"}
