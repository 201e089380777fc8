"""The doors for partners' people, in every language. The doors for staff: staff_urls.py."""

from django.urls import path

from portal.accounts.views import address, drafts, mail, passkeys, passwords, sign_out

app_name = "accounts"
urlpatterns = [
    path("sign-in/", mail.sign_in, name="sign_in"),
    path("sign-in/wait/", mail.wait, name="wait"),
    path("sign-in/wait/code/", mail.code_only, name="code_only"),
    path("sign-in/wait/phone/", mail.phone_help, name="phone_help"),
    path("sign-in/link/<str:token>/", mail.link, name="link"),
    path("sign-in/link/<str:token>/again/", mail.link_again, name="link_again"),
    path("sign-in/passkey/", passkeys.sign_in, name="passkey"),
    path("sign-in/challenge/", passkeys.challenge, name="challenge"),
    path("sign-in/password/", passwords.sign_in, name="password"),
    path("sign-in/password/forgotten/", passwords.forgotten, name="forgotten"),
    path("sign-in/password/sent/", passwords.sent, name="password_sent"),
    path("sign-in/password/done/", passwords.done, name="password_done"),
    path("sign-in/password/<str:whose>/<str:proof>/", passwords.new_password, name="new_password"),
    path("drafts/", drafts.keep, name="drafts"),
    path("address/<int:change_id>/<str:side>/<str:token>/", address.confirm, name="confirm_address"),
    path("sign-out/", sign_out.sign_out, name="sign_out"),
    path("sign-out/done/", sign_out.done, name="signed_out"),
]
