"""What people ask with: the text, the kind's own questions, files; and what the office answers with."""

import uuid
from copy import copy
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portal.accounts.forms import AddressField
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import Limits
from portal.inquiries.models import InquiryKind, KindQuestion
from portal.inquiries.queries import partner_with_number
from portal.inquiries.rules import LONGEST_ANSWER, LONGEST_QUESTION, length
from portal.inquiries.services import Asker
from portal.web.access import Actor
from portal.web.staff.forms import OnBehalfForm
from portal.web.templatetags.portal_ui import as_written


class CountedText(forms.CharField):
    """A text that is counted as people count. Browsers count otherwise, so they are not told of the limit."""

    def __init__(self, *, most: int, rows: int = 8, **options: Any) -> None:
        self.most = most
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        if (count := length(value)) > self.most:
            raise ValidationError(
                _("%(most)d文字以内で入力してください（今は%(count)d文字です）。") % {"most": self.most, "count": count}
            )


class MessageForm(TakesFiles, forms.Form):
    """Another text in a thread."""

    text = CountedText(
        label=gettext_lazy("内容"), most=LONGEST_QUESTION, help_text=gettext_lazy("800文字までで入力してください。")
    )
    attachment = UploadField(label=gettext_lazy("添付ファイル"), required=False, limits=Limits(most=3))
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class KindForm(MessageForm):
    """With the kind's own questions before the text. No kind, no questions."""

    first: tuple[str, ...] = ()

    def __init__(self, *args: Any, about: InquiryKind | None, **options: Any) -> None:
        self.questions = {f"question_{one.pk}": one for one in about.questions.all()} if about else {}
        super().__init__(*args, **options)
        self.fields |= {name: _asked(one) for name, one in self.questions.items()}
        self.order_fields([*self.first, *self.questions, "text", "attachment", "form_key"])

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What was asked by the kind, in the office's words, and what was answered."""
        typed = self.cleaned_data
        return [(question.label, typed[name]) for name, question in self.questions.items() if typed[name]]


class InquiryForm(KindForm):
    """Of a partner's person, whom we know."""

    def __init__(self, *args: Any, about: InquiryKind, **options: Any) -> None:
        super().__init__(*args, about=about, **options)
        if not about.takes_files:
            del self.fields["attachment"]

    def asker(self, actor: Actor) -> Asker:
        place = actor.place
        return Asker(
            name=place.person_name or actor.user.email,
            organisation=place.partner_name,
            email=actor.user.email,
            language=get_language() or "ja",
        )


class PublicInquiryForm(InquiryForm):
    """Of somebody who did not sign in."""

    name = forms.CharField(
        label=gettext_lazy("氏名"), max_length=80, widget=forms.TextInput({"autocomplete": "name", "class": "w-m"})
    )
    organisation = forms.CharField(
        label=gettext_lazy("団体の名称"), max_length=200, required=False,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )  # fmt: skip
    email = AddressField(
        label=gettext_lazy("メールアドレス"),
        help_text=gettext_lazy("受付番号と、回答のページを開くリンクをお送りします。"),
    )
    phone = forms.CharField(
        label=gettext_lazy("電話番号"), max_length=40, required=False,
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel", "class": "w-m"}),
    )  # fmt: skip
    first = ("name", "organisation", "email", "phone")

    def asker(self, actor: Actor) -> Asker:
        return Asker(**{name: self.cleaned_data[name] for name in self.first}, language=get_language() or "ja")


class EntryForm(OnBehalfForm, KindForm):
    """代理入力 of what came by telephone or at the counter."""

    partner_id: int | None = None

    kind = forms.ModelChoiceField(
        label=gettext_lazy("種類"), queryset=InquiryKind.objects.none(), empty_label=gettext_lazy("選んでください")
    )
    received_on = forms.DateField(
        label=gettext_lazy("受け付けた日"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    name = forms.CharField(label=gettext_lazy("氏名"), max_length=80, widget=forms.TextInput({"class": "w-m"}))
    partner_number = forms.IntegerField(
        label=gettext_lazy("登録番号"), required=False, min_value=1, max_value=999_999_999,
        help_text=gettext_lazy("パートナーの方からのとき。職員の画面で、団体のページとつながります。"),
        widget=forms.TextInput({"inputmode": "numeric", "class": "w-m"}),
    )  # fmt: skip
    organisation = forms.CharField(
        label=gettext_lazy("団体の名称"), max_length=200, required=False,
        help_text=gettext_lazy("空のときは、登録番号の団体の名称になります。"),
    )  # fmt: skip
    email = AddressField(
        label=gettext_lazy("メールアドレス"), required=False,
        help_text=gettext_lazy("受付番号と、回答のページを開くリンクをお送りします。空のときは、電話などでお答えください。"),
    )  # fmt: skip
    phone = forms.CharField(label=gettext_lazy("電話番号"), max_length=40, required=False)
    # The kind whose questions stood on the page.
    asked = forms.CharField(widget=forms.HiddenInput, required=False)
    first = (
        "received_on", "entered_through", "entered_because", "name", "partner_number", "organisation", "email", "phone", "kind",
    )  # fmt: skip

    def __init__(self, *args: Any, about: InquiryKind | None, **options: Any) -> None:
        self.about = str(about.pk) if about else ""
        super().__init__(*args, about=about, **options)
        self.fields["asked"].initial = self.about
        self.fields["kind"].queryset = InquiryKind.objects.filter(is_open=True)  # type: ignore[attr-defined]
        self.fields["entered_because"].help_text = gettext_lazy("お問い合わせの方にも、代理入力として示されます。")

    def clean_partner_number(self) -> int | None:
        number: int | None = self.cleaned_data["partner_number"]
        if number is None:
            return None
        if (found := partner_with_number(number)) is None:
            raise ValidationError(_("この登録番号の団体は見つかりません。"))
        self.partner_id, self.partner_name = found
        return number

    def clean(self) -> None:
        super().clean()
        if self.partner_id and not self.cleaned_data.get("organisation"):
            self.cleaned_data["organisation"] = self.partner_name
        if self.questions and self.cleaned_data.get("asked") != self.about:
            self.add_error("kind", _("この種類の質問を下に加えました。答えを入力して、もう一度送信してください。"))
            self._write_in("asked", self.about)

    def _write_in(self, name: str, value: str) -> None:
        typed: Any = copy(self.data)
        typed[name] = value
        self.data = typed

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise ValidationError(_("今日までの日を入力してください。"))
        return day

    @property
    def asker(self) -> Asker:
        return Asker(**{name: self.cleaned_data[name] for name in ("name", "organisation", "email", "phone")})

    @property
    def received_at(self) -> datetime | None:
        """None is now. Of an earlier day nobody knows the hour any more: its evening."""
        day: date = self.cleaned_data["received_on"]
        if day == timezone.localdate():
            return None
        return timezone.make_aware(datetime.combine(day, time(17)))


class AnswerForm(TakesFiles, forms.Form):
    text = CountedText(
        label=gettext_lazy("回答"), most=LONGEST_ANSWER, rows=14,
        help_text=gettext_lazy("宛名と署名はいりません。メールでは「回答がある」ことだけをお知らせします。"),
    )  # fmt: skip
    attachment = UploadField(label=gettext_lazy("添付ファイル"), required=False, limits=Limits(most=3))
    closes = forms.BooleanField(
        label=gettext_lazy("この回答で完了にする（相手は、続けて書くこともできます）"), required=False
    )
    # The newest text of the thread that stood on the page.
    seen = forms.IntegerField(widget=forms.HiddenInput)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def has_seen(self, newest: int) -> None:
        """Shown once more, with all that was typed, below what came meanwhile."""
        typed: Any = copy(self.data)
        typed["seen"] = str(newest)
        self.data = typed


def _asked(question: KindQuestion) -> forms.Field:
    label, required = as_written(question.local("label")), question.is_required
    if options := question.options:
        choices = [(option, as_written(option)) for option in options]
        return forms.ChoiceField(label=label, required=required, choices=choices, widget=forms.RadioSelect)
    return forms.CharField(label=label, required=required, max_length=200)
