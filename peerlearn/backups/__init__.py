"""Backups while the site runs: one folder each, with the database as it was at one moment, and the uploads.

The database comes first and the files after it: a file is stored before its row and deleted after it
(`common/files.py`), so that no row of the copy lacks its file but those that were being deleted. A folder whose name
ends in `.partial` is no backup.
"""
