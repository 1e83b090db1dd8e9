"""One root for every error a person may read: one Chinese line that says what, where and what to do."""


class XunchaError(Exception):
    """Root of all expected failures; `exit_code` is what the command line answers with."""

    exit_code = 2


class UsageError(XunchaError):
    """Wrong use: an argument, a path, a month that does not exist."""


class ConfigurationError(XunchaError):
    """A configuration file is missing or wrong; the message names file, entry and reason, one complaint a line."""


class FactsError(XunchaError):
    """A fact table of a demo county is missing or contradicts itself; names file, line and reason."""


class EnvironmentFailure(XunchaError):
    """The machine refuses: port in use, no browser, disk full, no write permission."""


class VaultError(XunchaError):
    """The evidence vault cannot be opened: key missing, wrong rights, or a file that does not decrypt."""


class UnreadableError(XunchaError):
    """A document (or a part of it) cannot be read; the message is the Chinese reason shown to the unit."""

    exit_code = 3


class CollectionError(XunchaError):
    """A source could not be collected; `status` is the receipt's status (see `core.records.RECEIPT_STATUSES`)."""

    exit_code = 1

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
