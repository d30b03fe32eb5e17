"""The addresses of the demo's outbox, under /demo/outbox/."""

from django.urls import path

from loyalty_site import outbox_views

app_name = "outbox"

urlpatterns = [
    path("", outbox_views.message_list, name="message-list"),
    path("<slug:slug>/", outbox_views.message_detail, name="message-detail"),
    path("<slug:slug>/html/", outbox_views.message_html, name="message-html"),
]
