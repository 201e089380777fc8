"""Fixed lists that the whole portal speaks in: municipalities, industries, roles, themes, kinds of organisation.

They are code, not tables: they change by law or by a new edition of a handbook, not by an officer. What a programme
may choose by itself (its regions' names, its themes) has a default here and an override in the programme.
"""
