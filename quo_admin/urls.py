"""Every address of Quo Admin."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

admin.site.site_header = admin.site.site_title = "Quo Admin"
admin.site.index_title = "Administration"
# Only one sign-in page, so that its rate limits apply here too: Django's form would also accept a password by POST.
admin.site.login = secure_admin_login(require_safe(admin.site.login))  # type: ignore[method-assign]

urlpatterns = [
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("", include("numbers.urls")),
]

handler400 = "quo_admin.addresses.bad_request_page"
handler429 = "accounts.limits.handler429"  # allauth's rate limits
handler500 = "numbers.views.errors.server_error"
