"""What staff do from end to end, together with the partners and people whom it is about."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.utils import timezone

from partners.models import Partner
from partners.states import PartnerState
from partners.tasks import work_on_imports
from portal.accounts.models import User
from portal.backoffice.models import Handover
from portal.inquiries.models import Inquiry
from portal.inquiries.states import InquiryState
from portal.tenancy.scope import programme_scope
from portal.web.models import Assignment
from renewals.models import Docket
from renewals.stages import DocketState
from tests import servers
from tests.portal.files.samples import PDF, picture
from tests.prove.traveller import NARROW, Journey, Traveller

Start = Callable[[str, str], Journey]

# Everything but the summary, which the partner is to fill in itself.
TABLE = {
    "登録番号": "90001",
    "団体名": "NPO法人なぎさの森",
    "フリガナ": "ナギサノモリ",
    "団体の区分": "NPO法人",
    "市区町村": "横浜市",
    "町名・番地・建物": "日本大通1番",
    "経済の取組": "地元の木で椅子をつくる。",
    "社会の取組": "こどもと森を歩く。",
    "環境の取組": "毎年百本の苗を植える。",
    "取組を公表しているページ": "https://www.example.jp/",
    "取り組むSDGsの目標": "15",
    "担当者の氏名": "森 すみれ",
    "担当者のフリガナ": "モリ スミレ",
    "担当者の電話": "045-000-0000",
    "担当者のメールアドレス": "sumire@nagisa.example.jp",
}


def test_a_migration_wave(start: Start) -> None:
    journey = start("migration wave", "kanagawa")
    officer = officer_of(journey)
    menu(officer, "取込み")
    officer.follow(officer.page.locator(".object-tools .addlink"))
    officer.page.get_by_label("ファイル").set_input_files(
        {"name": "一覧.csv", "mimeType": "text/csv", "buffer": csv_of(TABLE)}
    )
    officer.press("読み取る")
    officer.press("全部の行を確かめる")
    bring_in(officer, "新しく加える団体：1件")
    officer.press("1行を取り込む")
    bring_in(officer, "1行を取り込みました")
    menu(officer, "移行の済んでいない団体")
    officer.page.locator("#searchbar").fill("なぎさの森")
    officer.press("検索する")
    act_on_all(officer, "ask")
    mail = journey.mail(TABLE["担当者のメールアドレス"], "partners.moving")
    assert "取組・事業の概要" in mail.text

    owner = journey.somebody(NARROW)
    sign_in(owner, TABLE["担当者のメールアドレス"])
    owner.press("確認して使い始める")
    owner.sees("登録情報の確認（移行）")
    owner.link("取組・事業の概要")
    owner.fill("取組・事業の概要", "海辺の森を守り、木を使い、こどもに手渡します。")
    owner.press("内容の確認へ進む")
    owner.press("この内容で保存する")
    owner.go("/mypage/")
    owner.press("この内容で移行を終える")
    owner.sees("移行が終わりました")
    with programme_scope(journey.programme):
        assert Partner.objects.get(number=90001).is_migrated


def test_removal_and_restoration(start: Start) -> None:
    journey = start("removal docket and restoration", "kanagawa")
    officer, approver = officer_of(journey), journey.staff("approver@kanagawa.example.jp")
    with programme_scope(journey.programme):
        docket = Docket.objects.open().select_related("partner").get()
    public, address = journey.somebody(), f"/partners/{docket.partner.number}/"
    menu(officer, "取消しの手続")
    officer.link(str(docket.partner), exact=False)
    carry_out(officer, "猶予を認めない", 内容="提出の見込みが示されませんでした。")
    carry_out(officer, "通知を送る", 書き添えること="二度目のお知らせです。")
    days_pass(15)
    officer.go(f"/admin/renewals/docket/{docket.pk}/change/")
    day = timezone.localdate() + timedelta(days=14)
    carry_out(officer, "意見を聴く日を決める", 意見を聴く日=f"{day}", 時刻="14:00", 場所="県庁3階の会議室")
    days_pass(15)
    officer.go(f"/admin/renewals/docket/{docket.pk}/change/")
    carry_out(officer, "聴いた意見を記録する", 内容="おいでになりませんでした。")
    approver.go(f"/admin/renewals/docket/{docket.pk}/change/")
    carry_out(approver, "登録を取り消す", 理由="二年続けて活動報告の提出がないため。")
    assert state_of(journey, docket) == (DocketState.REMOVED, PartnerState.ENDED)
    assert Client(headers={"host": journey.programme.primary_host}).get(address).status_code == 410
    carry_out(approver, "登録を元に戻す", 理由="報告が別の窓口に届いていたため。")
    assert state_of(journey, docket) == (DocketState.RESTORED, PartnerState.REGISTERED)
    public.go(address)


def test_an_inquiry_with_attachment_and_reply(start: Start) -> None:
    journey = start("inquiry with attachment and reply", "kanagawa")
    address = "tazuneru@example.jp"
    asker, officer = journey.somebody(NARROW), officer_of(journey)
    asker.go("/contact/")
    asker.link("「登録について」の問い合わせに進む")
    asker.fill("氏名", "尋ねる 人")
    asker.fill("メールアドレス", address)
    asker.fill("内容", "登録証はいつ届きますか。")
    asker.page.get_by_label("添付ファイル").set_input_files(
        [
            {"name": "写真.png", "mimeType": "image/png", "buffer": picture("PNG")},
            {"name": "写し.pdf", "mimeType": "application/pdf", "buffer": PDF},
        ]
    )
    asker.press("内容の確認へ進む")
    asker.sees("写し.pdf")
    asker.press("この内容で送信する")
    asker.sees("受付番号")
    with programme_scope(journey.programme):
        inquiry = Inquiry.objects.get(email=address)
    menu(officer, "お問い合わせ")
    officer.link(inquiry.receipt, exact=False)
    officer.sees("写し.pdf")
    officer.link("回答を書く")
    officer.fill("回答", "五開庁日のうちにお届けします。", exact=True)
    officer.press("回答する")
    asker.go(link_in(journey.mail(address).text, "/contact/thread/"))
    asker.sees("五開庁日のうちにお届けします。")
    with asker.page.expect_download() as fetched:
        asker.page.get_by_role("link", name="写し.pdf").first.click()
    assert fetched.value.suggested_filename == "写し.pdf"
    asker.fill("内容", "ありがとうございました。")
    asker.press("送信する")
    with programme_scope(journey.programme):
        inquiry.refresh_from_db()
    assert inquiry.state == InquiryState.WAITING
    officer.go(f"/admin/inquiries/inquiry/{inquiry.pk}/change/")
    officer.sees("ありがとうございました。")


def test_a_handover(start: Start) -> None:
    journey = start("handover", "kanagawa")
    officer, successor = officer_of(journey), "approver@kanagawa.example.jp"
    menu(officer, "お問い合わせ")
    officer.follow(officer.page.locator("main #result_list tbody th a").first)
    if officer.page.get_by_role("button", name="自分が担当する").count():
        officer.press("自分が担当する")
    menu(officer, "引継ぎ")
    officer.follow(officer.page.locator(".object-tools .addlink"))
    officer.page.get_by_label("後任", exact=True).select_option(label=str(User.objects.get(email=successor)))
    officer.fill("後任への申し送り", "年度末まで、この順に進めてください。")
    officer.follow(officer.page.get_by_role("button", name="件を引き継ぐ"))
    officer.sees("引き継ぎました")
    sheet = officer.page.locator("main").get_by_role("link", name="一覧を印刷する（PDF）")
    kind, body = officer.fetch(sheet.get_attribute("href") or "")
    assert kind == "application/pdf"
    assert body.startswith(b"%PDF")
    with programme_scope(journey.programme):
        handover = Handover.objects.latest("pk")
        assert handover.successor.email == successor
        assert not Assignment.objects.filter(assignee=handover.leaver).exists()
    assert "申し送りと一覧は" in journey.mail(successor).text
    heir = journey.staff(successor)
    heir.go(f"/admin/backoffice/handover/{handover.pk}/change/")
    heir.sees("年度末まで、この順に進めてください。")


# --- What several of them do -----------------------------------------------------------------------------------------


def officer_of(journey: Journey) -> Traveller:
    """On the front page of the day."""
    officer = journey.staff(f"officer@{journey.programme.slug}.example.jp")
    officer.go("/admin/")
    return officer


def menu(one: Traveller, name: str) -> None:
    """Parts of the menu that are closed are opened first."""
    link = one.page.get_by_role("navigation", name="管理メニュー").locator("a", has_text=re.compile(f"^{name}$"))
    closed = link.locator("xpath=ancestor::details[not(@open) and not(@id='menu')]/summary")
    if closed.count():
        one.clicks += 1
        closed.first.click()
    one.follow(link)


def carry_out(one: Traveller, label: str, **typed: str) -> None:
    """From the button on an item's page over the page that asks, and back."""
    one.press(label)
    for name, text in typed.items():
        one.fill(name, text)
    one.press("1件に実行する")
    one.sees("手続の経過")


def act_on_all(one: Traveller, action: str) -> None:
    one.page.locator("#action-toggle").check()
    one.page.get_by_label("操作").select_option(action)
    one.press("実行")
    one.press("1件に実行する")


def bring_in(one: Traveller, words: str) -> None:
    """What a worker does; the page sees it by itself."""
    one.sees("しばらくお待ちください" if "加える" in words else "取り込んでいます")
    work_on_imports(one.journey.programme.pk)
    one.sees(words)


def sign_in(one: Traveller, address: str) -> None:
    one.go("/sign-in/")
    one.fill("メールアドレス", address)
    one.press("ログイン用のメールを送る")
    one.go(one.journey.mail(address, "accounts.sign_in").link)
    one.press("ログインする")


def days_pass(days: int) -> None:
    """What was done in the docket becomes older, which nobody but the database's owner can do."""
    with servers.postgres.connect(connection.settings_dict["NAME"]) as admin:
        admin.execute('UPDATE renewals_docketentry SET "on" = "on" - %s, until = until - %s', [days, days])


def state_of(journey: Journey, docket: Docket) -> tuple[str, str]:
    with programme_scope(journey.programme):
        found = Docket.objects.select_related("partner").get(pk=docket.pk)
    return found.state, found.partner.state


def csv_of(row: dict[str, str]) -> bytes:
    return "\r\n".join(",".join(cells) for cells in (row, row.values())).encode("utf-8-sig")


def link_in(text: str, start: str) -> str:
    """The path of the first link that begins so."""
    return next(start + word.partition(start)[2] for word in text.split() if "://" in word and start in word)
