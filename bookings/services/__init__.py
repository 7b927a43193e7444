"""Everything that may happen to a tutor's hours, to bookings, packages, credits and reviews.

Hours: `terms`, `hours`, `exceptions` (how and when a tutor can be booked), `slots` (which times are free; `timetable`
reads what that takes), `holds`, `calendars` (the lock of people's calendars), `local_times`.

Bookings, as callers see them: `creating`, `answering`, `cancelling`, `rescheduling`, `attendance`, `no_shows`,
`disputes`, and what time does, `clock`. Beneath these: `access` (find, lock, who), `outcomes` and `lessons` (what
becomes of a locked booking), `transitions` (the only writer of its state), `settling` (money and credit), `events`
(history, audit, news), `proposals`, `presence`, `alternatives`.

Packages: `offers`, `purchases`, `extensions`, `refunds`; `ledger` (the only writer of credits), `credits` (what
bookings do to them), `expiry` (what time does). Reviews: `reviews`, `review_moderation`, `ratings`.
"""
