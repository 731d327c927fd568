"""Sign-in and what belongs to it. The names are allauth's, which finds its own pages by them."""

from allauth.account import views as allauth_views
from django.urls import path
from django.views.generic import TemplateView

from accounts.views import InactiveView, LoginView

urlpatterns = [
    path("login/", LoginView.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("signup/", allauth_views.signup, name="account_signup"),
    path("inactive/", InactiveView.as_view(), name="account_inactive"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    # Where the page above sends an account without a password.
    path(
        "password/none/",
        TemplateView.as_view(template_name="account/no_password.html"),
        name="account_set_password",
    ),
]
