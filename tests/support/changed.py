"""`python -m tests.support.changed MODULE ARGUMENTS...`: manage.py with `MODULE.change()` called first.

For tests that need a server with a shorter period, or without the guard that they are about. Production code has no
such switches.
"""

import importlib
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "peerlearn.settings"
os.environ["PEERLEARN_SERVER"] = "asgi"

if __name__ == "__main__":
    import django
    from django.core.management import execute_from_command_line

    django.setup()
    importlib.import_module(sys.argv[1]).change()
    execute_from_command_line(["manage.py", *sys.argv[2:]])
