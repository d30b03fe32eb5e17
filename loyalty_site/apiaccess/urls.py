from django.urls import path

from loyalty_site.apiaccess import views

app_name = "apiaccess"

urlpatterns = [
    path("developer/keys/", views.key_list, name="key-list"),
    path("developer/keys/new/", views.key_create, name="key-create"),
    path("developer/keys/<str:prefix>/revoke/", views.key_revoke, name="key-revoke"),
]
