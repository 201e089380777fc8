from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "portal.files"
    label = "files"
    verbose_name = "ファイル"

    def ready(self) -> None:
        from portal.files.queries import unsafe_files_queue
        from portal.web.registry import work_queues

        work_queues.register("files", unsafe_files_queue)
