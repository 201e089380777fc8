"""Renewals: what a partner owes, until when, what follows, and why. docs/renewals.md is the ten-minute tour."""
