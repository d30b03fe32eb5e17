from django.urls import path

from points.views import imports

urlpatterns = [
    path("", imports.import_list, name="import-list"),
    path("new/", imports.import_new, name="import-new"),
    path("<uuid:public_id>/", imports.import_detail, name="import-detail"),
    path("<uuid:public_id>/columns/", imports.import_map, name="import-map"),
    path("<uuid:public_id>/confirm/", imports.import_confirm, name="import-confirm"),
    path("<uuid:public_id>/errors/", imports.import_errors, name="import-errors"),
    path("<uuid:public_id>/discard/", imports.import_discard, name="import-discard"),
    path("<uuid:public_id>/reverse/", imports.import_reverse, name="import-reverse"),
]
