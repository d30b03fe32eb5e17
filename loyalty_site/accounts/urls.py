from django.urls import path

from loyalty_site.accounts import views

app_name = "accounts"

urlpatterns = [
    path("account/", views.profile, name="profile"),
]
