"""The refusals of the catalogue."""

from common.errors import Conflict


class SubjectNameTaken(Conflict):
    code = "SUBJECT_NAME_TAKEN"
    message = "There is already a subject of this name."


class SubjectInUse(Conflict):
    code = "SUBJECT_IN_USE"
    message = "This subject is taught, booked or part of a package, and cannot be deleted."


class LanguageNameTaken(Conflict):
    code = "LANGUAGE_NAME_TAKEN"
    message = "Another language has this name."
