"""One class for each payment provider; the rest of the system knows `base.Gateway` only (R-PAY-1)."""

from payments.gateways.base import Gateway


def gateway_of(provider: str) -> Gateway:
    """The gateway of a provider by its name. Imported when needed: an SDK is heavy."""
    if provider == "stripe":
        from payments.gateways.stripe import StripeGateway

        return StripeGateway()
    if provider == "sandbox":
        from payments.gateways.sandbox import SandboxGateway

        return SandboxGateway()
    raise LookupError(f"There is no payment provider {provider!r}.")
