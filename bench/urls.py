"""Every address of Quo Admin, the floor of each page that is measured, and the list written the plain way."""

from django.urls import path

from bench import floor
from bench.plain.views import number_list
from quo_admin import urls

handler500 = urls.handler500

urlpatterns = [
    path("bench/floor/<slug:name>", floor.floor),
    path("bench/plain/", number_list),
    *urls.urlpatterns,
]
