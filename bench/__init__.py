"""Measurements that print ratios. docs/development.md says how to read and how to add one."""
