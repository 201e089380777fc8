"""Writes with consequences that belong to no app: settings, pages, who has an item in hand, second approvers."""
