"""People, their appointments as staff, and what sign-in needs to remember for a while."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts import keys
from portal.tenancy.models import Language, TenantModel
from portal.tenancy.scope import current_programme_or_none
from portal.web.access import StaffRole


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)  # None: no password will ever match
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, was_appointed=True, is_superuser=True, **fields)

    def with_address(self, email: str, language: str = Language.JAPANESE) -> "User":
        """The person who signs in with this address; a new one, who is thought to read this language, if nobody does."""
        fresh = {"password": make_password(None), "language": language}
        return self.get_or_create(email=email.strip().lower(), defaults=fresh)[0]

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("メールアドレス"), max_length=254, unique=True)
    # Of staff. A partner's person is named in each partner (Member), behind the programme's wall.
    name = models.CharField(_("氏名"), max_length=80, blank=True)
    is_active = models.BooleanField(_("有効"), default=True)
    # Only says how strong password and second factors must be, which are the same everywhere. Whether the person is staff
    # of a programme is asked of its open appointments (queries.py); whether of the platform, of `is_superuser`.
    was_appointed = models.BooleanField(
        _("職員の経験"),
        default=False,
        help_text=_("いずれかの事業で職員になった方です。パスワードは職員の規則に従います。"),
    )
    # That of the pages where the person last signed in; before that, of the invitation.
    language = models.CharField(_("使った言語"), max_length=8, choices=Language.choices, default=Language.JAPANESE)
    # Chosen on My Page; as long as it is empty, mail follows the language that is used.
    mail_language = models.CharField(_("選んだメールの言語"), max_length=8, choices=Language.choices, blank=True)
    date_joined = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("利用者")
        verbose_name_plural = _("利用者")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def reads(self) -> str:
        """The language of mail to this person; Japanese where the programme does without theirs."""
        return offered(self.mail_language or self.language)


def offered(language: str) -> str:
    programme = current_programme_or_none()
    return language if programme is None or language in programme.languages else Language.JAPANESE.value


class StaffAppointment(TenantModel):
    """A person's office in one programme. Ended, never deleted: it says who was in charge when."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("職員"))
    role = models.SmallIntegerField(_("権限"), choices=[(role.value, role.label) for role in StaffRole])
    began_at = models.DateTimeField(_("開始"), default=timezone.now)
    ended_at = models.DateTimeField(_("終了"), null=True, blank=True)

    class Meta:
        verbose_name = _("職員")
        verbose_name_plural = _("職員")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "user"],
                condition=models.Q(ended_at=None),
                name="one_open_appointment_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}（{StaffRole(self.role).label}）"

    def was_open_at(self, moment: datetime) -> bool:
        return self.began_at <= moment and (self.ended_at is None or moment < self.ended_at)


class LoginTicketQuerySet(models.QuerySet["LoginTicket"]):
    def live_at(self, now: datetime) -> "LoginTicketQuerySet":
        return self.filter(ended_at=None, expires_at__gt=now)


class LoginTicket(TenantModel):
    """One request to sign in: what its mail will carry is derived from `seed` (keys.py), and stored nowhere."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign-in", _("ログイン")
        INVITATION = "invitation", _("招待")

    LIFETIMES: ClassVar[dict[str, timedelta]] = {
        Purpose.SIGN_IN: timedelta(minutes=15),
        Purpose.INVITATION: timedelta(days=14),
    }
    MOST_ATTEMPTS: ClassVar[int] = 5
    MOST_LIVE: ClassVar[int] = 3

    seed = models.BinaryField(default=keys.new_seed, editable=False)
    link_hash = models.CharField(max_length=64, editable=False)
    address = models.EmailField(_("メールアドレス"), max_length=254)
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.SIGN_IN)
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.JAPANESE)
    next_path = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # Used, or voided by another sign-in or by a change of the person.
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar = LoginTicketQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "link_hash"], name="one_ticket_per_link")]
        indexes = [models.Index(fields=["programme", "address", "-id"], name="ticket_by_address")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.link_hash:
            self.link_hash = keys.hash_of(self.link_token)
            self.expires_at = self.created_at + self.LIFETIMES[self.purpose]
        super().save(*args, **kwargs)

    def is_live_at(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at

    def is_fresh_at(self, now: datetime) -> bool:
        """Whether its mail can hardly have arrived yet."""
        return now < self.created_at + timedelta(seconds=20)

    @property
    def attempts_left(self) -> int:
        return max(self.MOST_ATTEMPTS - self.attempts, 0)

    @property
    def link_token(self) -> str:
        return keys.link_token(bytes(self.seed))

    @property
    def code(self) -> str:
        return keys.code(bytes(self.seed))

    @property
    def phone_number(self) -> str:
        """What a caller reads to the officer."""
        return keys.phone_number(bytes(self.seed))


class AddressChange(TenantModel):
    """A wish for another sign-in address; it comes true when both the old and the new one have confirmed it."""

    LIFETIME: ClassVar[timedelta] = timedelta(days=2)

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    old_address = models.EmailField(max_length=254)
    new_address = models.EmailField(max_length=254)
    seed = models.BinaryField(default=keys.new_seed, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    old_confirmed_at = models.DateTimeField(null=True)
    new_confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="one_address_change_per_person")]

    @property
    def expires_at(self) -> datetime:
        return self.created_at + self.LIFETIME


class Draft(TenantModel):
    """What somebody has typed into a form and not yet sent (drafts.py)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # The partner for which the person was writing; 0 outside of any.
    partner_id = models.BigIntegerField(default=0)
    form = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "user", "partner_id", "form"], name="one_draft_per_form"),
        ]


class Hits(models.Model):
    """When something limited was last done (limits.py). Platform table: the key is a hash and names nobody."""

    key = models.CharField(max_length=64, primary_key=True)
    times = ArrayField(models.DateTimeField())
    forget_at = models.DateTimeField(db_index=True)
