"""Every error that a user can meet, and the exit code of each.

    ScanError                      what went wrong, and the next step
    ├── UsageError                 2  an option, a combination of options, a name
    ├── ConfigError                2  the config file: missing, unreadable, an unknown key, a bad value
    ├── DocumentError              2  a stored document: not JSON, another schema version, not of its schema
    ├── PolicyError                2  a policy that does not compile, bad METADATA, outside the portable subset
    ├── OutputError                2  the report could not be written
    ├── StoreError                 2  the store of findings: in use, full, damaged, not to be read or written
    ├── HclError                   2  a text in Consul's language (HCL 1, JSON) that cannot be read
    │   └── AclPolicyError         2  it can, and Consul would not take it for an ACL policy
    ├── EngineError                3  the engine did not answer, answered nonsense, or failed its self-test
    │   ├── EvaluationError        3  a policy erred while it was evaluated
    │   └── EngineTimeoutError     3  it was cut off
    └── ClusterError               4  a cluster gave no usable answer

The codes are those of design section 8; `scanner.cli.main` alone turns an error into an exit.
"""


class ScanError(Exception):
    """Base of all errors that a user may see.

    Args:
        message: what is wrong, naming the object.
        advice: what to do next; one sentence, may be empty when the message already says it.
    """

    exit_code = 2

    def __init__(self, message: str, advice: str = "") -> None:
        """Keep message and advice apart, so that each output can set them in its own way."""
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        """Message and advice as one text."""
        return f"{self.message}. {self.advice}" if self.advice else self.message


class UsageError(ScanError):
    """An option or a combination of options that makes no sense."""


class ConfigError(ScanError):
    """The config file, or what Consul's environment names say, cannot be used."""


class DocumentError(ScanError):
    """A document (snapshot, results) is not what its schema says."""


class PolicyError(ScanError):
    """A policy cannot be loaded: syntax, METADATA, or a construct that engines disagree on."""


class OutputError(ScanError):
    """A report or snapshot could not be written."""


class StoreError(ScanError):
    """The store of findings cannot be opened, read or written."""


class HclError(ScanError):
    """A text in HCL 1 or JSON that cannot be read as Consul reads it.

    Args:
        line: where, counted from 1.
        column: where, in characters counted from 1.
        seen: what stands there.
        expected: what should.
    """

    def __init__(self, line: int, column: int, seen: str, expected: str) -> None:
        """Say place, what was seen and what was expected, and keep each for who wants to show them apart."""
        super().__init__(f"line {line}, column {column}: {seen}", f"Expected {expected}")
        self.line = line
        self.column = column
        self.seen = seen
        self.expected = expected


class AclPolicyError(HclError):
    """A text that is good HCL or JSON, but no ACL policy: a level that does not exist, two labels, a list of rules."""


class EngineError(ScanError):
    """A policy engine cannot be started, reached or believed."""

    exit_code = 3


class EvaluationError(EngineError):
    """A policy erred while it was evaluated: a builtin error, a conflict, an undefined answer."""


class EngineTimeoutError(EngineError):
    """A policy engine took longer than it may and was cut off."""


class ClusterError(ScanError):
    """A cluster gave no usable answer: unreachable, TLS, an unknown token, not Consul."""

    exit_code = 4
