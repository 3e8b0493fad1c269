"""By which name a request came. Pure: the Host header in, whether it is one of this machine out."""

import re
from ipaddress import ip_address


def is_local(host: str) -> bool:
    """Tell whether a Host header (`NAME`, `NAME:PORT`, empty where there is none) is a name of loopback.

    A page in a browser may reach loopback by a name of its own whose address has changed since it was loaded. Its
    requests then come with that name, as the browser takes the answers for those of the page's own site.
    """
    parts = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(:[0-9]*)?", host)
    if not parts:
        return False
    name = parts[1].lower()
    if name in {"", "localhost"} or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
