"""The yardstick **e**: what a competent person writes in Django on the first afternoon, and nothing cleverer."""
