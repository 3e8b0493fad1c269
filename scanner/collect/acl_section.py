"""Whether the ACLs of a cluster are read, and how that went."""

from functools import partial
from typing import Any

from scanner.collect.access import Access
from scanner.collect.acl import Wanted, read_acl
from scanner.collect.client import ConsulClient
from scanner.collect.parallel import in_parallel
from scanner.collect.section import Reading, read_section
from scanner.collect.target import ClusterTarget
from scanner.model.document import Json

GRANT = "acl:read"
LIMIT_S = 60.0


def acl_reading(
    target: ClusterTarget, client: ConsulClient, access: Access, wanted: Wanted | Reading[Any]
) -> Reading[Json]:
    """Return the section `acl`. Only an operator who asks for it (`collect.acl: true`) hears that the token may not.

    `wanted` is how the gateways were read, where they were not: without them there is no token to look for.
    """
    unwanted = _unwanted(target, access)
    if unwanted is not None:
        return unwanted
    if isinstance(wanted, Reading):
        return wanted.without_value()
    job = partial(read_section, (GRANT,), access, partial(read_acl, client, wanted))
    late: Reading[Any] = Reading(None, "error", f"Consul's answers did not end within {LIMIT_S:g} s")
    return in_parallel({"acl": job}, 1, LIMIT_S)["acl"] or late


def _unwanted(target: ClusterTarget, access: Access) -> Reading[Json] | None:
    if not access.acl_enabled:
        return Reading(None, "disabled", "ACLs are off")
    if target.acl == "never":
        return Reading(None, "off", "collect.acl is false")
    if target.acl == "auto" and GRANT in access.missing:
        return Reading(None, "off", f"collect.acl is auto, and the token lacks {GRANT}", (GRANT,))
    return None
