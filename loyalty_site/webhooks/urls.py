from django.urls import path

from loyalty_site.webhooks import views

app_name = "webhooks"

urlpatterns = [
    path("developer/events/", views.event_catalogue, name="event-catalogue"),
    path("developer/webhooks/", views.endpoint_list, name="endpoint-list"),
    path("developer/webhooks/add/", views.endpoint_add, name="endpoint-add"),
    path(
        "developer/webhooks/<uuid:public_id>/",
        views.endpoint_detail,
        name="endpoint-detail",
    ),
    path(
        "developer/webhooks/<uuid:public_id>/edit/",
        views.endpoint_edit,
        name="endpoint-edit",
    ),
    path(
        "developer/webhooks/<uuid:public_id>/switch/",
        views.endpoint_switch,
        name="endpoint-switch",
    ),
    path(
        "developer/webhooks/<uuid:public_id>/rotate/",
        views.endpoint_rotate,
        name="endpoint-rotate",
    ),
    path(
        "developer/webhooks/<uuid:public_id>/remove/",
        views.endpoint_remove,
        name="endpoint-remove",
    ),
    path(
        "developer/webhooks/<uuid:public_id>/resend/",
        views.endpoint_resend,
        name="endpoint-resend",
    ),
    path(
        "developer/webhooks/<uuid:public_id>/<int:pk>/",
        views.delivery_detail,
        name="delivery-detail",
    ),
    path(
        "developer/webhooks/<uuid:public_id>/<int:pk>/resend/",
        views.delivery_resend,
        name="delivery-resend",
    ),
]
