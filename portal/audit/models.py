"""AuditEvent: who did what to whom, when. Append-only: the application may only insert and read. After the years that
the programme sets, the tables' owner deletes (services.forget_records); the database refuses anything younger.

What happens outside any programme (the operators' own work on people and hosts) stands in PlatformEvent.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import TenantModel


class Action(models.TextChoices):
    """Everything that is put on record. A new action is declared here, with the words that officers read."""

    ROW_ADDED = "row.added", _("追加")
    ROW_CHANGED = "row.changed", _("変更")
    ROW_DELETED = "row.deleted", _("削除")
    ROWS_EXPORTED = "rows.exported", _("一覧を書き出し")
    PERSON_VIEWED = "person.viewed", _("個人情報を表示")
    PERSON_ASKED = "person.asked", _("個人情報の請求を受付")
    PERSON_DISCLOSED = "person.disclosed", _("個人情報の開示の一覧を表示")
    PERSON_ERASED = "person.erased", _("個人情報を消去")
    ITEM_ASSIGNED = "item.assigned", _("担当を決定")
    COMMENT_ADDED = "comment.added", _("コメントを追加")
    APPROVAL_ASKED = "approval.asked", _("承認を依頼")
    APPROVAL_GIVEN = "approval.given", _("依頼を承認")
    APPROVAL_DECLINED = "approval.declined", _("依頼を差戻し")
    APPROVAL_WITHDRAWN = "approval.withdrawn", _("依頼を取下げ")
    RECORDS_FORGOTTEN = "records.forgotten", _("年数を過ぎた記録を消去")
    EXPORT_ASKED = "export.asked", _("事業の全データの書き出しを依頼")
    EXPORT_MADE = "export.made", _("事業の全データを書き出し")
    EXPORT_FETCHED = "export.fetched", _("事業の全データを受け取り")
    PROGRAMME_CREATED = "programme.created", _("事業を作成")
    PROGRAMME_CHANGED = "programme.changed", _("事業の設定を変更")
    SIGNED_IN = "person.signed_in", _("ログイン")
    SIGN_IN_CONFIRMED_BY_PHONE = "person.confirmed_by_phone", _("電話で本人を確認しログインを許可")
    PASSWORD_CHANGED = "person.password_changed", _("パスワードを変更")
    SECOND_FACTOR_ADDED = "person.second_factor_added", _("二つ目の確認方法を追加")
    SECOND_FACTOR_REMOVED = "person.second_factor_removed", _("二つ目の確認方法を削除")
    STAFF_APPOINTED = "staff.appointed", _("職員を任命")
    STAFF_DISMISSED = "staff.dismissed", _("職員の任命を終了")
    ADDRESS_CHANGED = "person.address_changed", _("メールアドレスを変更")
    MEMBER_INVITED = "member.invited", _("担当者を招待")
    MEMBER_JOINED = "member.joined", _("担当者が利用を開始")
    MEMBER_CHANGED = "member.changed", _("担当者の役割を変更")
    MEMBER_DISABLED = "member.disabled", _("担当者の利用を停止")
    MEMBER_RESTORED = "member.restored", _("担当者のログインを回復")
    CONSENT_GIVEN = "member.consented", _("利用目的を確認し、公開の範囲を選択")
    USER_DISABLED = "user.disabled", _("利用者のログインを停止")
    USER_ENABLED = "user.enabled", _("利用者のログインを再開")
    MAIL_SENT_AGAIN = "mail.sent_again", _("メールをもう一度送信")
    MAIL_CANCELLED = "mail.cancelled", _("メールの送信を取りやめ")
    MAIL_TEXT_STARTED = "mail_text.started", _("メールの文面を使い始め")
    MAIL_TEXT_ENDED = "mail_text.ended", _("メールを標準の文面に戻した")
    ADDRESS_DEAD = "address.dead", _("メールが届かないアドレスと判断")
    ADDRESS_ALIVE = "address.alive", _("届かないアドレスの印を解除")
    MAILING_STARTED = "mailing.started", _("一斉メールの送信を開始")
    MAILING_STOPPED = "mailing.stopped", _("一斉メールの送信を一時停止")
    MAILING_RESUMED = "mailing.resumed", _("一斉メールの送信を再開")
    MAILING_CANCELLED = "mailing.cancelled", _("一斉メールの残りを取りやめ")
    MAILING_SENT_AGAIN = "mailing.sent_again", _("一斉メールの不達分を再送")
    SUBSCRIBED = "subscription.began", _("購読を開始")
    UNSUBSCRIBED = "subscription.ended", _("購読を停止")
    PAGE_CHANGED = "page.changed", _("ページの文章を変更")
    FILE_DOWNLOADED = "file.downloaded", _("ファイルをダウンロード")
    FILE_DELETED = "file.deleted", _("ファイルを削除")
    FILE_QUARANTINED = "file.quarantined", _("ファイルを隔離")
    FILE_SCANNED_AGAIN = "file.scanned_again", _("ファイルをもう一度検査")
    INQUIRY_SENT = "inquiry.sent", _("お問い合わせを受付")
    INQUIRY_CONTINUED = "inquiry.continued", _("お問い合わせに追記")
    INQUIRY_ANSWERED = "inquiry.answered", _("お問い合わせに回答")
    INQUIRY_CLOSED = "inquiry.closed", _("お問い合わせを完了")
    INQUIRY_ENTERED = "inquiry.entered", _("お問い合わせを代理入力")
    INQUIRY_FORGOTTEN = "inquiry.forgotten", _("お問い合わせの個人情報を消去")
    TASK_TRIED_AGAIN = "task.tried_again", _("失敗した自動の仕事をもう一度実行")
    TASK_SETTLED = "task.settled", _("失敗した自動の仕事が済んだ")
    WORK_HANDED_OVER = "work.handed_over", _("担当の仕事を引継ぎ")
    MEMBER_ASKED = "member.asked", _("担当を続けているかを確認")
    MEMBER_SUCCEEDED = "member.succeeded", _("担当者が後任に交代")
    PARTNER_ADDED = "partner.added", _("団体を登録")
    PARTNER_CHANGED = "partner.changed", _("団体の情報を変更")
    APPLICATION_SENT = "application.sent", _("登録申請を受付")
    APPLICATION_CHECKED = "application.checked", _("登録申請の確認項目を記入")
    APPLICATION_RETURNED = "application.returned", _("登録申請を差戻し")
    APPLICATION_APPROVED = "application.approved", _("登録申請を承認")
    APPLICATION_REJECTED = "application.rejected", _("登録申請を不登録と決定")
    APPLICATION_WITHDRAWN = "application.withdrawn", _("申請者が登録申請を取下げ")
    APPLICATION_FORGOTTEN = "application.forgotten", _("保存期間を過ぎた登録申請の個人情報を消去")
    PARTNER_IMPORTED = "partner.imported", _("取込みで団体の情報を変更")
    PARTNER_IMPORT_UNDONE = "partner.import_undone", _("取込みの取消しで団体の情報を戻した")
    PARTNER_DELETED = "partner.deleted", _("取込みの取消しで団体を削除")
    PARTNER_ASKED_TO_MOVE = "partner.asked_to_move", _("移行のお願いを送信")
    IMPORT_UPLOADED = "import.uploaded", _("取込みのファイルを受け取り")
    IMPORT_STARTED = "import.started", _("取込みを開始")
    IMPORT_UNDONE = "import.undone", _("取込みを取消し")
    PARTNER_ENTERED = "partner.entered", _("団体の情報を代理で入力")
    PARTNER_SUSPENDED = "partner.suspended", _("登録を停止")
    PARTNER_RESUMED = "partner.resumed", _("登録の停止を解除")
    PARTNER_REMOVED = "partner.removed", _("登録を取消し")
    PARTNER_LEFT = "partner.left", _("退会")
    PARTNER_RESTORED = "partner.restored", _("登録を復帰")
    FIGURES_AMENDED = "figures.amended", _("公表した数値を訂正")
    REPORT_SENT = "report.sent", _("活動報告を受付")
    REPORT_ENTERED = "report.entered", _("活動報告を代理で入力")
    REPORT_CHANGED = "report.changed", _("活動報告を修正")
    REPORT_RETURNED = "report.returned", _("活動報告を差戻し")
    REPORT_HIDDEN = "report.hidden", _("活動報告の公開を停止")
    REPORT_SHOWN = "report.shown", _("活動報告の公開を再開")
    REPORT_FORWARDED = "report.forwarded", _("活動報告をほかの事業へ送付")
    REPORT_ARRIVED = "report.arrived", _("活動報告の下書きがほかの事業から到着")
    RULES_DRAFTED = "rules.drafted", _("期限のルールの試案を作成")
    RULES_APPROVED = "rules.approved", _("期限のルールを決定")
    RULES_WITHDRAWN = "rules.withdrawn", _("期限のルールを取下げ")
    DEADLINES_EXTENDED = "deadlines.extended", _("期限を延長")
    EXTENSION_WITHDRAWN = "deadlines.extension_withdrawn", _("期限の延長を取消し")
    DOCKET_STEP = "docket.step", _("取消しの手続を記録")
    REMINDERS_STOPPED = "reminders.stopped", _("期限のお知らせを停止")
    REMINDERS_RESUMED = "reminders.resumed", _("期限のお知らせを再開")
    CHANGE_ASKED = "change.asked", _("変更を申請")
    CHANGE_APPROVED = "change.approved", _("変更の申請を承認")
    CHANGE_REFUSED = "change.refused", _("変更の申請を不承認")
    CHANGE_WITHDRAWN = "change.withdrawn", _("変更の申請を取下げ")
    MEETING_PUBLISHED = "meeting.published", _("交流会を公開")
    MEETING_MOVED = "meeting.moved", _("交流会の日時を変更")
    MEETING_CANCELLED = "meeting.cancelled", _("交流会を中止")
    SIGN_UP_MADE = "sign_up.made", _("参加を申込み")
    SIGN_UP_CHANGED = "sign_up.changed", _("参加の申込みを変更")
    SIGN_UP_CANCELLED = "sign_up.cancelled", _("参加の申込みを取消し")
    SIGN_UP_RESTORED = "sign_up.restored", _("参加の取消しを元に戻した")
    SEAT_LEFT = "seat.left", _("参加者が参加を取消し")
    TALK_ASKED = "talk.asked", _("登壇を申込み")
    TALK_MOVED = "talk.moved", _("登壇の申込みの状態を変更")
    TALK_FILES_SET = "talk.files_set", _("登壇の資料を保存")
    JOINT_ASKED = "joint.asked", _("合同開催に招待")
    JOINT_ENTERED = "joint.entered", _("合同開催の状態を変更")
    GROUP_JOINED = "group.joined", _("地域会に参加")
    GROUP_LEFT = "group.left", _("地域会から退会")
    FEED_RENEWED = "feed.renewed", _("カレンダーの秘密のアドレスを作成")
    FEED_ENDED = "feed.ended", _("カレンダーの秘密のアドレスを停止")
    SURVEY_MOVED = "survey.moved", _("投票やアンケートの状態を変更")
    SURVEY_MAILED = "survey.mailed", _("アンケートをメールで依頼")
    SURVEY_ANSWERED = "survey.answered", _("アンケートに回答")
    IDEA_MOVED = "idea.moved", _("会場の質問やアイデアの扱いを変更")
    VOTE_CAST = "vote.cast", _("テーマに投票")
    THEMES_CHOSEN = "themes.chosen", _("投票の結果から募集するテーマを決定")
    ATTENDANCE_SET = "attendance.set", _("出席を記録")
    SEAT_TAKEN = "seat.taken", _("キャンセル待ちの方が空席を受けた")
    RESERVATION_MADE = "reservation.made", _("相談を予約")
    RESERVATION_CHANGED = "reservation.changed", _("相談の予約を変更")
    RESERVATION_MOVED = "reservation.moved", _("相談の予約の状態を変更")
    RESERVATION_TIMED = "reservation.timed", _("相談の時刻を決定")
    CONSULTATION_PUBLISHED = "consultation.published", _("相談を公開")
    CONSULTATION_CANCELLED = "consultation.cancelled", _("相談を中止")
    SLOTS_ADDED = "slots.added", _("相談の枠をまとめて作成")
    SLOT_HELD = "slot.held", _("相談の枠の取り置きを変更")
    SLOT_CALLED_OFF = "slot.called_off", _("相談の枠を中止")
    DRAW_HELD = "draw.held", _("抽選を実施")
    POSTING_SUBMITTED = "posting.submitted", _("募集案件を提出")
    POSTING_RETURNED = "posting.returned", _("募集案件を差戻し")
    POSTING_LISTED = "posting.listed", _("募集案件を公開")
    POSTING_CHANGED = "posting.changed", _("募集案件を変更")
    POSTING_EXTENDED = "posting.extended", _("募集の期限を延長")
    POSTING_IN_TALKS = "posting.in_talks", _("募集案件で相談を開始")
    POSTING_AGREED = "posting.agreed", _("募集案件で連携を決定")
    POSTING_CLOSED = "posting.closed", _("募集を終了")
    POSTING_WITHDRAWN = "posting.withdrawn", _("募集案件を取下げ")
    POSTING_EXPIRED = "posting.expired", _("募集案件が期限切れ")
    MATCH_APPLIED = "match.applied", _("募集案件に応募")
    MATCH_ANSWERED = "match.answered", _("応募に回答")
    MATCH_WITHDRAWN = "match.withdrawn", _("応募を取下げ")
    MATCH_LAPSED = "match.lapsed", _("募集の終了により応募が終了")
    INTRODUCTION_PROPOSED = "introduction.proposed", _("団体どうしを紹介")
    INTRODUCTION_ANSWERED = "introduction.answered", _("紹介に回答")
    INTRODUCTION_AGREED = "introduction.agreed", _("紹介に双方が同意")
    INTRODUCTION_DECLINED = "introduction.declined", _("紹介が見送りに")
    INTRODUCTION_WITHDRAWN = "introduction.withdrawn", _("紹介を取下げ")
    INTRODUCTION_LAPSED = "introduction.lapsed", _("紹介が期限切れ")
    COLLABORATION_BEGUN = "collaboration.begun", _("連携記録を開始")
    COLLABORATION_PLANNED = "collaboration.planned", _("連携の計画を記入")
    COLLABORATION_AGREED = "collaboration.agreed", _("連携の計画に合意")
    COLLABORATION_REPORTED = "collaboration.reported", _("連携の経過を報告")
    COLLABORATION_CONFIRMED = "collaboration.confirmed", _("相手の報告を確認")
    COLLABORATION_ENDED = "collaboration.ended", _("連携記録を終了")
    SIDE_ASKED = "side.asked", _("連携への参加をお願い")
    SIDE_JOINED = "side.joined", _("連携に参加")
    SIDE_DECLINED = "side.declined", _("連携への参加を見送り")
    SIDE_TAKEN_BACK = "side.taken_back", _("連携への参加のお願いを取りやめ")
    OUTCOME_SENT = "outcome.sent", _("連携の成果を報告")
    OUTCOME_RETURNED = "outcome.returned", _("成果報告を差戻し")
    OUTCOME_APPROVED = "outcome.approved", _("成果報告を承認")
    LOGO_LICENSED = "logo.licensed", _("ロゴの使用を許諾")
    LOGO_REVOKED = "logo.revoked", _("ロゴの使用許諾を取消し")
    LOGO_ALLOWED = "logo.allowed", _("ロゴの許諾の取消しを解除")
    LOGO_EDITION_ADDED = "logo_edition.added", _("ロゴの新しい版を掲載")
    LOGO_EDITION_USED = "logo_edition.used", _("ロゴの版を切替え")
    LOGO_EDITION_STOPPED = "logo_edition.stopped", _("ロゴの版の使用を終了")
    LOGO_DOWNLOADED = "logo.downloaded", _("ロゴを受け取り")
    CASE_BEGUN = "case.begun", _("連携事例を作成")
    CASE_CHANGED = "case.changed", _("連携事例を変更")
    CASE_ASKED = "case.asked", _("連携事例の公開に同意を求めた")
    CASE_AGREED = "case.agreed", _("連携事例の公開に同意")
    CASE_SUBMITTED = "case.submitted", _("連携事例を提出")
    CASE_WITHDRAWN = "case.withdrawn", _("連携事例の公開の同意を取消し")
    CASE_PUBLISHED = "case.published", _("連携事例を公開")
    CASE_RETURNED = "case.returned", _("連携事例を差戻し")
    CASE_DISCARDED = "case.discarded", _("連携事例を取りやめ")
    CASE_AWARDED = "case.awarded", _("連携事例の受賞を記録")
    CASE_AWARD_ENDED = "case.award_ended", _("連携事例の受賞の記録を取消し")


def action_choices() -> list[tuple[str, Any]]:
    """By name in the migrations, so that a new action needs none."""
    return Action.choices


class Event(models.Model):
    at = models.DateTimeField(_("日時"), auto_now_add=True)
    action = models.CharField(_("操作"), max_length=60, choices=action_choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("操作した人"),
        help_text=_("空のときは、システムが行いました。"),
    )  # fmt: skip
    # What it was about: a model's label and key, not a foreign key, so that the record outlives its subject.
    subject_type = models.CharField(_("対象の種類"), max_length=60)
    subject_id = models.CharField(_("対象"), max_length=40)
    # {"field": [before, after]}; personal fields by name only: {"field": None}.
    changes = models.JSONField(_("変更"), default=dict)
    reason = models.TextField(_("理由"), blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.get_action_display()}"


class AuditEvent(Event, TenantModel):
    database_rights: ClassVar[str] = "SELECT, INSERT"

    class Meta(Event.Meta):
        verbose_name = _("記録")
        verbose_name_plural = _("記録")
        indexes = [
            models.Index(fields=["programme", "subject_type", "subject_id", "-id"], name="audit_by_subject"),
            models.Index(fields=["programme", "-at"], name="audit_by_time"),
        ]


class PlatformEvent(Event):
    class Meta(Event.Meta):
        verbose_name = _("全体の記録")
        verbose_name_plural = _("全体の記録")
        indexes = [models.Index(fields=["subject_type", "subject_id", "-id"], name="platform_events_by_subject")]
