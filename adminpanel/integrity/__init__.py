"""Whether what is stored twice is the same twice: checks that find what is not, and repair what can be repaired.

`run` is behind `GET /api/health/integrity` and `manage.py check_integrity`. A check is a few statements over whole
tables, whatever their size; what it finds is counted, and the first ten rows are named.
"""

from adminpanel.integrity.checks import CHECKS
from adminpanel.integrity.running import Issue, Report, run

__all__ = ["CHECKS", "Issue", "Report", "run"]
