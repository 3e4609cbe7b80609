"""A person's own pages and the steps of his sign-in: mounted at the root. The names are those that allauth asks for."""

from allauth.account import views as signin
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as proofs
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from .views import me

urlpatterns = [
    path("accounts/code/", proofs.authenticate, name="mfa_authenticate"),
    path("accounts/login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("accounts/reauthenticate/code/", proofs.reauthenticate, name="mfa_reauthenticate"),
    path("accounts/reauthenticate/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("me/", me.me, name="me"),
    path("me/sessions/", me.signed_in, name="usersessions_list"),
    path("me/sessions/end/", me.end_others, name="end_other_sessions"),
    path("me/sessions/<int:pk>/end/", me.end_session, name="end_session"),
    path("me/security/", me.Security.as_view(), name="mfa_index"),
    path("me/security/password/", signin.password_change, name="account_change_password"),
    path("me/security/password/first/", reauthentication_required(signin.password_set), name="account_set_password"),
    path("me/security/email/", me.new_email, name="new_email"),
    path("me/security/email/<str:token>/", me.new_email_confirm, name="new_email_confirm"),
    path("me/security/app/", app.activate_totp, name="mfa_activate_totp"),
    path("me/security/app/off/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("me/security/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("me/security/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("me/security/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("me/security/passkeys/", me.to_security, name="mfa_list_webauthn"),
    path("me/security/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("me/security/passkeys/<int:pk>/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("me/security/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
]
