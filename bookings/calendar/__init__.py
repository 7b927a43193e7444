"""Lessons and sessions as entries of people's own calendars: `entries` says what is in one, `files` writes iCalendar,
`mails` attaches it, `feeds` serves it.
"""
