from django.apps import AppConfig


class MyPageConfig(AppConfig):
    name = "portal.mypage"
    label = "mypage"
    verbose_name = "マイページ"
