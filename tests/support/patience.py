"""How many seconds a test waits for what must happen: only what hangs takes them, however busy the machine is."""

PATIENCE = 240
