"""The one error of this room: a call to Consul that gave no usable answer."""

from typing import Literal

from scanner.errors import ClusterError

Kind = Literal[
    "unreachable",
    "tls",
    "redirect",
    "unknown_token",
    "denied",
    "acl_disabled",
    "disabled",
    "unsupported",
    "not_found",
    "busy",
    "status",
    "not_json",
    "too_large",
    "shape",
]
"""What went wrong.

`unreachable` refused, no such host, no answer in time, cut off; `tls` no trust; `redirect` sent elsewhere;
`unknown_token` Consul does not know the token; `denied` it lacks a grant; `acl_disabled`, `disabled` and `unsupported`
are Consul's own words for ACLs, a feature and an endpoint that it does not have; `busy` a request limit;
`status` any other HTTP status; `shape` JSON that is not what Consul documents.
"""


class CallError(ClusterError):
    """A call that failed, told as a sentence that names method and path.

    Inside this room it makes one section `error` (or `denied`, `disabled`, `unsupported`); it never leaves it.

    Args:
        kind: see `Kind`.
        message: method, path and cause. Holds no token and no control character.
        advice: what to do next.
        grant: for `denied`, the grant that Consul asked for, such as `peering:read`; else empty.
        at_ns: Consul's time of the answer, when there was one.
    """

    def __init__(
        self, kind: Kind, message: str, advice: str = "", *, grant: str = "", at_ns: int | None = None
    ) -> None:
        """Keep the parts that the sections of a snapshot are made of."""
        super().__init__(message, advice)
        self.kind: Kind = kind
        self.grant = grant
        self.at_ns = at_ns
