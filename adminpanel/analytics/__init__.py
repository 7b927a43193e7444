"""The platform's figures: what the dashboards of the front ends and the back office show.

`dashboard` is the plain interface: functions without a request, whose answers are ready to be shown. Days begin at
midnight of `settings.PLATFORM_TIME_ZONE`; amounts of different currencies are never added together.
"""
