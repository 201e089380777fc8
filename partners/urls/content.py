"""What a programme tells everybody beside its partners: benefits, desks, and the data to take away."""

from django.urls import path

from partners.views import content

app_name = "content"
urlpatterns = [
    path("benefits/", content.benefits, name="benefits"),
    path("open-data/", content.open_data, name="open_data"),
    path("open-data/figures/<int:year>.csv", content.figures_file, name="figures_file"),
    path("open-data/<str:name>", content.open_data_file, name="open_data_file"),
]
