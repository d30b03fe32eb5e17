"""The addresses of the site. Each app keeps its own; this file only mounts them."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from loyalty_site import developer, views
from loyalty_site.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("search/", views.search, name="search"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
    path("help/", views.help_page, name="help"),
    path("", include("loyalty_site.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("api/docs", RedirectView.as_view(pattern_name="api:openapi-view")),
    path("developer/", developer.quick_start, name="developer"),
    path("", include("loyalty_site.jobs.urls")),
    # Each of these names its own prefixes: /members/, /counter/, /s/<token>/, ...
    path("", include("members.urls")),
    path("", include("points.urls")),
    path("", include("surveys.urls")),
    path("", include("reports.urls")),
    path("", include("loyalty_site.apiaccess.urls")),
    path("", include("loyalty_site.webhooks.urls")),
]
if settings.TRYOUT:
    urlpatterns += [path("demo/outbox/", include("loyalty_site.outbox_urls"))]

handler400 = "loyalty_site.views.bad_request"
handler403 = "loyalty_site.views.permission_denied"
handler404 = "loyalty_site.views.page_not_found"
handler500 = "loyalty_site.views.server_error"
