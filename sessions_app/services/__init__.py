"""Everything that may happen to a session.

`hosting`: create, change, delete; `course`: start, complete, cancel, and what time does by itself; `minimum`: too few
have joined; `seats`: join, leave, add, remove; `guards`: who may not; `waitlist` and `promotion`: the queue, and its
turn; `requests`: asking the host; `attendance`: who was there; `private`: the sessions of bookings; `host_calendar`:
nobody hosts two at once; `events`: who is told of it.
"""
