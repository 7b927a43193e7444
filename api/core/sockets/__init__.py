"""What the sockets of all contracts share: signing in, the numbered stream, what clients say, presence, limits.

A contract adds how its frames look: a `Frames` of its own and a consumer that has it.
"""

# What our own server offers in the scope: a function that takes a text at once (`peerlearn.server`).
DIRECT_WRITE = "peerlearn.write"
