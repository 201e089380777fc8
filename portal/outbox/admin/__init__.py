"""Staff screens of the outbox. Django imports this package to find them."""

from portal.outbox.admin import mails, texts

__all__ = ["mails", "texts"]
