"""What runs by itself, as officers call it, and what it means for them if it stops."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Words:
    title: str | Promise
    meaning: str | Promise


LATER = gettext_lazy("遅れるだけで、失われるものはありません。")
WORDS = {
    "portal.files.tasks.scan_all": Words(gettext_lazy("届いたファイルの検査"), gettext_lazy("検査の済むまで、ファイルを開けません。")),
    "portal.files.tasks.scan_waiting": Words(gettext_lazy("届いたファイルの検査"), gettext_lazy("検査の済むまで、ファイルを開けません。")),
    "portal.files.tasks.sweep": Words(gettext_lazy("使われなかったファイルの片付け"), LATER),
    "portal.files.tasks.sweep_strays": Words(gettext_lazy("使われなかったファイルの片付け"), LATER),
    "portal.accounts.tasks.forget": Words(gettext_lazy("古いログインの記録の片付け"), LATER),
    "partners.tasks.forget_drafts": Words(gettext_lazy("送られなかった申請の片付け"), LATER),
    "partners.tasks.forget_closed": Words(
        gettext_lazy("終わった申請の個人情報の消去"), gettext_lazy("保存期間を過ぎた個人情報が残っています。")
    ),
    "portal.inquiries.tasks.forget_closed": Words(
        gettext_lazy("終わったお問い合わせの個人情報の消去"), gettext_lazy("保存期間を過ぎた個人情報が残っています。")
    ),
    "partners.tasks.apply_changes": Words(
        gettext_lazy("承認した変更の適用"), gettext_lazy("名称などの変更が、決めた日に反映されません。")
    ),
    "partners.tasks.keep_the_day": Words(
        gettext_lazy("その日の数の保存"), gettext_lazy("統計とオープンデータが新しくなりません。")
    ),
    "partners.tasks.sweep_imports": Words(gettext_lazy("取込みの続き"), gettext_lazy("取込みが途中で止まっています。")),
    "partners.tasks.work_on_imports": Words(gettext_lazy("取込み"), gettext_lazy("取込みが途中で止まっています。")),
    "partners.tasks.index_directory": Words(
        gettext_lazy("一覧の検索の準備"), gettext_lazy("一覧で、新しい内容が見つからないことがあります。")
    ),
    "portal.backoffice.tasks.sweep_exports": Words(
        gettext_lazy("全データの書き出し"), gettext_lazy("依頼された書き出しが、まだできていません。")
    ),
    "portal.backoffice.tasks.make_exports": Words(
        gettext_lazy("全データの書き出し"), gettext_lazy("依頼された書き出しが、まだできていません。")
    ),
    "portal.outbox.tasks.sweep": Words(gettext_lazy("メールの送信の開始"), gettext_lazy("メールが送られていません。")),
    "portal.outbox.tasks.deliver": Words(gettext_lazy("メールの送信"), gettext_lazy("メールが送られていません。")),
    "portal.outbox.tasks.deliver_sign_in": Words(
        gettext_lazy("ログインのメールの送信"), gettext_lazy("ログインのメールが送られていません。")
    ),
    "renewals.tasks.look_at_deadlines": Words(
        gettext_lazy("期限のお知らせ"), gettext_lazy("期限の近い団体に、お知らせが送られていません。")
    ),
    "renewals.tasks.carry_reports": Words(
        gettext_lazy("ほかの事業への報告の送付"), gettext_lazy("団体がほかの事業にも送った報告が、まだ届いていません。")
    ),
    "meetings.tasks.keep_time": Words(
        gettext_lazy("交流会のお知らせと空席の案内"), gettext_lazy("開催前のお知らせと、空席の案内が送られていません。")
    ),
    "matching.tasks.keep_dates": Words(
        gettext_lazy("連携募集の期限の管理"), gettext_lazy("期限を過ぎた募集が、公開されたままです。")
    ),
}  # fmt: skip


def words_of(task: str) -> Words:
    return WORDS.get(task) or Words(_("自動の仕事（%s）") % task, LATER)
