"""The URLs of sign-in and of one's own account. allauth looks its pages up by these names."""

from allauth.account import views as allauth_views
from django.urls import path
from django.views.generic import TemplateView

from accounts.company import views as company
from accounts.mfa import views as mfa
from accounts.views import InactiveView, LoginView, end_session

urlpatterns = [
    path("login/", LoginView.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("signup/", allauth_views.signup, name="account_signup"),
    path("inactive/", InactiveView.as_view(), name="account_inactive"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    # allauth's password_change redirects accounts without a password here.
    path(
        "password/none/",
        TemplateView.as_view(template_name="account/no_password.html"),
        name="account_set_password",
    ),
    path("company/", company.begin, name="company_login"),
    path("company/callback/", company.callback, name="company_callback"),
    path("security/", mfa.SecurityView.as_view(), name="mfa_index"),
    path("security/sessions/end/", end_session, name="end_session"),
    path("security/app/add/", mfa.ActivateAppView.as_view(), name="mfa_activate_totp"),
    path("security/app/remove/", mfa.DeactivateAppView.as_view(), name="mfa_deactivate_totp"),
    path("security/codes/", mfa.recovery_codes, name="mfa_view_recovery_codes"),
    path("security/codes/file/", mfa.recovery_codes_file, name="mfa_download_recovery_codes"),
    path("security/codes/new/", mfa.NewCodesView.as_view(), name="mfa_generate_recovery_codes"),
    path("security/passkeys/add/", mfa.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/remove/", mfa.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
    path("second-step/", mfa.SecondStepView.as_view(), name="mfa_authenticate"),
    path("passkey/", mfa.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path("reauthenticate/code/", mfa.ReauthenticateCodeView.as_view(), name="mfa_reauthenticate"),
    path("reauthenticate/passkey/", mfa.ReauthenticatePasskeyView.as_view(), name="mfa_reauthenticate_webauthn"),
]
