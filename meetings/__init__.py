"""Meetings: who is asked, who signs up, who waits, who came; speakers, slots and surveys around them."""
