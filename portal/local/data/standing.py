"""What the demo's partners have done and asked since they registered: so that every page about them has something to
show. The invented crowd stands in partners.py, the people in people.py.
"""

import io
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from partners.edits import stamp_of
from partners.fields import Section
from partners.models import Activity, ChangeRequest, Equipment, Member, Office, Partner, RegistrationSettings
from partners.queries.partners import memberships_of
from partners.services.changes import approve_change, ask_change
from partners.services.profile import enter_for_partner, save_row, set_logo
from partners.services.records import change_partner, record_activity
from partners.services.standing import move_partner
from partners.states import Move
from partners.vocabulary.kinds import Kind as OrganisationKind
from partners.vocabulary.municipalities import municipalities
from portal.accounts.models import StaffAppointment, User
from portal.files.kinds import PDF, PNG, Limits
from portal.files.models import StoredFile
from portal.files.services import keep_upload
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole, StaffRole
from portal.web.models import Channel, OnBehalf

Kind, Field = Activity.Kind, ChangeRequest.Field
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
TIMELINE = [
    (Kind.MEETING, "第1回 交流会に参加", 300),
    (Kind.MATCHING, "連携募集「使わない屋根を貸してください」を掲載", 210),
    (Kind.COLLABORATION, "NPO法人みずべの会との連携を記録", 150),
    (Kind.REPORT, "活動報告を提出", 120),
    (Kind.SPEAKING, "第3回 交流会に登壇", 60),
    (Kind.CALL, "ごみゼロの日の呼びかけに参加", 20),
]


def load(programme: Programme) -> None:
    """Inside the programme's scope, after its people."""
    if Activity.objects.filter(key="demo:0").exists():
        return
    if programme.slug == "tokyo":
        RegistrationSettings.objects.update(sections=list(Section.values))
    first, *rest = Partner.objects.listed().order_by("number")[:8]
    owner, approver = owner_of(first), staff(StaffRole.APPROVER)
    _write_profile(first, owner)
    for number, (kind, title, days) in enumerate(TIMELINE):
        on = timezone.localdate() - timedelta(days=days)
        record_activity(partner=first, kind=kind, title=title, key=f"demo:{number}", on=on)
    bare = first.name.removeprefix("株式会社").removeprefix("有限会社")
    new_name = f"{bare}ホールディングス株式会社" if first.kind == OrganisationKind.COMPANY else f"一般社団法人{bare}"
    _ask(first, Field.NAME, new_name, owner)
    _rename(rest[0], approver)
    enter_for_partner(
        partner_id=rest[1].pk, values={"phone": "000-111-2222"}, seen=stamp_of({"phone": rest[1].phone}),
        on_behalf=OnBehalf(Channel.FAX, "画面を使えないため、FAXで受付"), actor=approver,
    )  # fmt: skip
    for partner, move, reason in [
        (rest[2], Move.SUSPEND, "連絡が取れないため、確認できるまで停止します。"),
        (rest[3], Move.REMOVE, "2年のあいだ活動報告がなかったため、要綱により取り消します。"),
        (rest[4], Move.LEAVE, "事業を終えるとの申し出がありました。"),
    ]:
        move_partner(partner_id=partner.pk, move=move, reason=reason, actor=approver)
    _ask_to_leave(rest[5])


def owner_of(partner: Partner) -> Actor:
    member = Member.objects.owners().filter(partner=partner).select_related("user").first()
    if member is None:
        member = _person(partner)
    place = next(one for one in memberships_of(member.user) if one.partner_id == partner.pk)
    return Actor(user=member.user, membership=place, memberships=(place,))


def _person(partner: Partner) -> Member:
    user = User.objects.with_address(f"owner.{partner.number}@{partner.programme.slug}.example.jp")
    return Member.objects.create(partner=partner, user=user, name="小林 実", role=MemberRole.OWNER, state="active")


def staff(role: StaffRole) -> Actor:
    appointment = StaffAppointment.objects.filter(role=role).select_related("user").first()
    return Actor(user=appointment.user if appointment else None, staff_role=role)


def _write_profile(partner: Partner, owner: Actor) -> None:
    more: dict[str, Any] = {
        "representative_title": "代表取締役" if partner.kind == OrganisationKind.COMPANY else "会長",
        "representative_name": "青葉 太郎", "representative_kana": "アオバ タロウ",
        "website": "https://www.example.jp/", "links": ["https://blog.example.jp/"], "contact_kana": "タナカ ハナコ",
        "contact_phone": "000-222-3333", "strengths": "小さな仕事も、相談から納品まで一人の担当が受け持ちます。",
        "offers_note": "倉庫の一角（約20㎡）を、催しの道具置き場としてお貸しできます。", "trading_area": "県内と近隣の都県",
    }  # fmt: skip
    change_partner(partner=partner, values=more, actor=owner)
    codes = list(municipalities(partner.programme.prefecture_code))
    for name, code in (("北営業所", codes[-1]), ("南工場", codes[-2])):
        office = Office(partner=partner)
        values: dict[str, Any] = {
            "name": name,
            "postal_code": "000-0000",
            "municipality": code,
            "address": "中央1丁目2番3号",
            "phone": "000-333-4444",
        }
        save_row(row=office, values=values, seen="", actor=owner)
    for name, maker, units in (("5軸加工機", "ヤマト精機", 2), ("三次元測定機", "ヒノデ計測", 1)):
        machine = Equipment(partner=partner)
        values = {
            "name": name,
            "is_made_in_japan": True,
            "maker": maker,
            "units": units,
            "remark": "午後は貸し出せます",
        }
        save_row(row=machine, values=values, seen="", actor=owner)
    file = io.BytesIO()
    _drawing().save(file, "PNG")
    set_logo(partner_id=partner.pk, files=[_kept("logo.png", file.getvalue(), (PNG,))], alt="若葉の形の印", actor=owner)


def _drawing() -> Image.Image:
    picture = Image.new("RGB", (400, 400), "#ffffff")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((40, 40, 360, 360), fill="#1d7a46")
    pen.polygon([(200, 90), (300, 230), (200, 310), (100, 230)], fill="#ffffff")
    return picture


def _kept(name: str, content: bytes, kinds: tuple[Any, ...]) -> StoredFile:
    return keep_upload(
        upload=SimpleUploadedFile(name, content),
        limits=Limits(kinds=kinds, longest_side=640),
        sender="demo",
        place="demo",
    )


def _ask(partner: Partner, field: ChangeRequest.Field, after: str, owner: Actor) -> ChangeRequest:
    return ask_change(
        partner_id=partner.pk, field=field, after=after, kana="シンメイショウ",
        effective_on=timezone.localdate() + timedelta(days=30), reason="組織の変更に伴う名称の変更",
        files=[_kept("登記事項証明書.pdf", PAPER, (PDF,))], actor=owner,
    )  # fmt: skip


def _rename(partner: Partner, approver: Actor) -> None:
    request = ask_change(
        partner_id=partner.pk, field=Field.NAME, after="みらい製作所株式会社", kana="ミライセイサクショ",
        effective_on=timezone.localdate() - timedelta(days=200), reason="社名の変更", actor=owner_of(partner),
    )  # fmt: skip
    approve_change(request=request, actor=approver, comment="登記を確認しました。")


def _ask_to_leave(partner: Partner) -> None:
    ask_change(
        partner_id=partner.pk, field=Field.LEAVING, after="ended", effective_on=timezone.localdate() + timedelta(days=60),
        reason="年度末で事業を終えるため", actor=owner_of(partner),
    )  # fmt: skip
