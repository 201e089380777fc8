from django import template

from portal.web.staff import record

register = template.Library()
register.filter("readable_changes", lambda event: list(record.readable_changes(event)))
register.filter("subject_name", record.subject_name)
