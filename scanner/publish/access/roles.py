"""What a caller may do. Pure: a request's method and path in, the role that it takes out."""

from enum import IntEnum

SAFE_METHODS = ("GET", "HEAD")

OPEN_PATHS = ("/-/healthy", "/-/ready")
"""For probes of Kubernetes, Nomad and Consul: a password would have to stand in their manifests in the clear."""

ADMIN_PATHS = ("/api/v1/snapshot",)
"""What tells more than verdicts do: names of nodes, addresses, policies."""


class Role(IntEnum):
    """How much a caller may; who may administer may also read."""

    READ = 1
    ADMIN = 2


def needed_role(method: str, path: str) -> Role | None:
    """Return the least role that a request takes; None where nobody is asked.

    Whatever could change something is for administrators, also where no such route exists: a route that is added
    later is closed until this page opens it.
    """
    if method not in SAFE_METHODS or path.startswith(ADMIN_PATHS):
        return Role.ADMIN
    return None if path in OPEN_PATHS else Role.READ


def is_forged(method: str, origin: str, host: str) -> bool:
    """Tell whether a page of another site made a browser send what could change something.

    A browser sends the password that it keeps with it. `origin` and `host` are the headers of these names, empty where
    there is none; a program that is no browser sends no Origin.
    """
    return method not in SAFE_METHODS and origin not in {"", f"http://{host}", f"https://{host}"}
