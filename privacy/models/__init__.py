from privacy.models.erasure import Erasure, ErasureOrigin, ErasurePart, ErasureState, PartState
from privacy.models.export import DataExport

__all__ = ["DataExport", "Erasure", "ErasureOrigin", "ErasurePart", "ErasureState", "PartState"]
