"""The address space: the admin for the town's staff, everything else for citizens."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("exchange.api.urls")),
    path("", include("exchange.open_data.urls")),
    path("", include("portal.urls")),
]
