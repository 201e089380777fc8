"""Matching: postings, applications, what partners do together, and what may be told of it."""
