from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "交流会・セミナー"

    def ready(self) -> None:
        from meetings.emails import MESSAGES
        from meetings.queries import slots
        from meetings.queries.answers import hidden_replies
        from meetings.queries.attendance import attendance_queue
        from meetings.queries.cards import bookings_card, consultations_card
        from meetings.queries.groups import groups_segment, groups_there_are, may_have_result_files
        from meetings.queries.joint import joint_queue
        from meetings.queries.library import may_have_captions
        from meetings.queries.meetings import public_addresses
        from meetings.queries.pages import may_have_materials
        from meetings.queries.polls import POLL_SEGMENTS
        from meetings.queries.seats import SEGMENTS
        from meetings.queries.surveys import surveys_card, surveys_there_are
        from meetings.queries.talks import may_have_talk_files, talks_queue
        from portal.outbox.messages import register
        from portal.tenancy.models import Feature
        from portal.web import registry
        from portal.web.registry import (
            MyPageEntry,
            MyPageGroup,
            file_access,
            mail_segments,
            my_page_cards,
            my_page_menu,
            work_queues,
        )

        register(*MESSAGES)
        registry.public_addresses.register("meetings", public_addresses)
        registry.rows_that_stay.register("meetings.anonymousreply", hidden_replies)
        file_access.register("meetings.meeting:materials", may_have_materials)
        file_access.register("meetings.video:captions", may_have_captions)
        my_page_cards.register("meetings", bookings_card)
        my_page_menu.register(
            "meetings",
            MyPageEntry(
                _("交流会・セミナー"),
                "calendar",
                "my_meetings:list",
                MyPageGroup.JOINING,
                feature=Feature.MEETINGS,
                order=10,
            ),
        )
        my_page_menu.register(
            "bookings",
            MyPageEntry(
                _("予約"), "check", "my_meetings:bookings", MyPageGroup.JOINING, feature=Feature.MEETINGS, order=11
            ),
        )
        work_queues.register("meetings.attendance", attendance_queue)
        work_queues.register("meetings.talks", talks_queue)
        file_access.register("meetings.talk", may_have_talk_files)
        my_page_menu.register(
            "talks",
            MyPageEntry(
                _("登壇"), "video", "my_meetings:talks", MyPageGroup.JOINING, feature=Feature.MEETINGS, order=40
            ),
        )
        my_page_cards.register("surveys", surveys_card)
        my_page_menu.register(
            "surveys",
            MyPageEntry(
                _("アンケートと投票"),
                "chart",
                "my_meetings:surveys",
                MyPageGroup.JOINING,
                feature=Feature.MEETINGS,
                order=30,
                found_in=surveys_there_are,
            ),
        )
        work_queues.register("meetings.joint", joint_queue)
        mail_segments.register("meetings.group", groups_segment)
        file_access.register("meetings.groupresult", may_have_result_files)
        my_page_menu.register(
            "groups",
            MyPageEntry(
                _("地域会"),
                "pin",
                "my_meetings:groups",
                MyPageGroup.JOINING,
                feature=Feature.LOCAL_GROUPS,
                order=35,
                found_in=groups_there_are,
            ),
        )
        my_page_menu.register(
            "consultations",
            MyPageEntry(
                _("相談の予約"),
                "info",
                "my_meetings:consultations",
                MyPageGroup.JOINING,
                feature=Feature.MEETINGS,
                order=20,
                found_in=slots.consultations_there_are,
            ),
        )
        my_page_cards.register("consultations", consultations_card)
        work_queues.register("meetings.times", slots.times_queue)
        work_queues.register("meetings.presence", slots.record_queue)
        for name, segment in (SEGMENTS | POLL_SEGMENTS | slots.SEGMENTS).items():
            mail_segments.register(name, segment)
