from django.urls import path

from loyalty_site.jobs import views

app_name = "jobs"

urlpatterns = [
    path("jobs/", views.job_list, name="job-list"),
    path("jobs/<uuid:public_id>/", views.job_detail, name="job-detail"),
    path("jobs/<uuid:public_id>/cancel/", views.job_cancel, name="job-cancel"),
    path("jobs/<uuid:public_id>/retry/", views.job_retry, name="job-retry"),
    path("jobs/<uuid:public_id>/file/", views.job_file, name="job-file"),
]
