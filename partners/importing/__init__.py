"""Bringing existing partners in from a spreadsheet: read the file, map its columns, try every row, then import.

`reading` turns bytes into rows of text, `cells` turns a cell's text into a value; both are pure. What is done with
the rows stands in the services.
"""
