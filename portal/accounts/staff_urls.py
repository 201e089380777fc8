"""The doors for staff, and their own access. On programmes' hosts and on the platform's."""

from django.urls import path

from portal.accounts.views import passkeys, passwords, security, staff

app_name = "staff"
urlpatterns = [
    path("sign-in/", staff.sign_in, name="sign_in"),
    path("sign-in/second-factor/", staff.second_factor, name="second_factor"),
    path("sign-in/passkey/", passkeys.staff_sign_in, name="passkey"),
    path("sign-in/challenge/", passkeys.challenge, name="challenge"),
    path("recovery-codes/", staff.recovery_codes, name="recovery_codes"),
    path("password/", security.password, name="password"),
    path("password/done/", passwords.done, name="password_done"),
    path("password/<str:whose>/<str:proof>/", passwords.new_password, name="new_password"),
    path("security/", security.overview, name="security"),
    path("security/app/", security.add_app, name="add_app"),
    path("security/passkey/", security.add_passkey, name="add_passkey"),
    path("security/challenge/", security.challenge, name="add_challenge"),
    path("security/<int:factor_id>/remove/", security.remove, name="remove_factor"),
    path("security/recovery-codes/", security.new_codes, name="new_codes"),
]
