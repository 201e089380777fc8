from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "portal.web"
    label = "web"
    verbose_name = "ページ"

    def ready(self) -> None:
        from portal.web.forms import say_it_plainly  # needs the settings, as forms do

        say_it_plainly()
