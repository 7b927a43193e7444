"""The refusals of privacy."""

from common.errors import Conflict, Gone, TooManyRequests


class NoErasure(Conflict):
    code = "NO_ERASURE"
    message = "There is no erasure that could be withdrawn."


class ErasureBegun(Conflict):
    code = "ERASURE_BEGUN"
    message = "The erasure has begun and cannot be withdrawn any more."


class ExportTooSoon(TooManyRequests):
    code = "EXPORT_TOO_SOON"
    message = "One export of your data can be made in 24 hours."


class ExportNotReady(Conflict):
    code = "EXPORT_NOT_READY"
    message = "The export is not ready yet."


class ExportExpired(Gone):
    code = "EXPORT_EXPIRED"
    message = "This export is no longer there. Ask for a new one."
