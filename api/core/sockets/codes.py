"""The codes that a socket is closed with. Clients stop for good on 4001 and 4003, and retry else."""

BAD_CREDENTIALS = 4001
NOT_YOURS = 4003
UNKNOWN_PATH = 4004
NO_AUTH_FRAME = 4008
FLOOD = 4029
TOO_BIG = 1009
TRY_LATER = 1013
