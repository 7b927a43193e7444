"""What of bookings can be paid for: one module for each kind, each a `payments.payables.Payable`."""
