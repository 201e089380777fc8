from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MyPageConfig(AppConfig):
    name = "portal.mypage"
    label = "mypage"
    verbose_name = "マイページ"

    def ready(self) -> None:
        from portal.web.registry import MyPageEntry, MyPageGroup, my_page_menu

        my_page_menu.register("home", MyPageEntry(_("マイページ"), "home", "mypage:home", MyPageGroup.FIRST, order=0))
        my_page_menu.register("people", MyPageEntry(_("担当者"), "card", "mypage:people", MyPageGroup.OWN, order=20))
        my_page_menu.register(
            "account", MyPageEntry(_("ログインと安全"), "user", "mypage:account", MyPageGroup.OFFICE, order=90)
        )
