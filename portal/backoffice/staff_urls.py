from django.urls import path

from portal.backoffice import views

app_name = "staff_statistics"
urlpatterns = [
    path("", views.staff_page, name="page"),
    path("sheet.pdf", views.sheet_pdf, name="pdf"),
    path("sheet.xlsx", views.sheet_xlsx, name="xlsx"),
]
