"""Staff screens of the outbox. Django imports this package to find them."""

from portal.outbox.admin import addresses, mails, texts

__all__ = ["addresses", "mails", "texts"]
