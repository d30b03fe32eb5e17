from django.urls import path

from loyalty_site.apiaccess import request_views, views

app_name = "apiaccess"

urlpatterns = [
    path("developer/keys/", views.key_list, name="key-list"),
    path("developer/keys/new/", views.key_create, name="key-create"),
    path("developer/keys/<str:prefix>/revoke/", views.key_revoke, name="key-revoke"),
    path("developer/keys/<str:prefix>/edit/", views.key_edit, name="key-edit"),
    path("developer/keys/<str:prefix>/rotate/", views.key_rotate, name="key-rotate"),
    path("developer/requests/", request_views.request_list, name="request-list"),
    path(
        "developer/requests/<int:pk>/",
        request_views.request_detail,
        name="request-detail",
    ),
]
