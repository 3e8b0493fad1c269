"""One peering between two clusters of the playground, seen from both sides."""

from collections.abc import Collection

from tests.playground.cluster import Cluster
from tests.playground.endpoint import Json
from tests.playground.spec import PeeringSpec

ACTIVE = ("ACTIVE", "ACTIVE")
FAILING = ("FAILING", "FAILING")


class Peering:
    """A peering: `acceptor` generates the token, `dialer` establishes with it. Made, it is not yet established."""

    def __init__(self, spec: PeeringSpec, acceptor: Cluster, dialer: Cluster) -> None:
        """Name the two clusters, which must be up."""
        self.spec = spec
        self.acceptor = acceptor
        self.dialer = dialer

    def generate_token(self, by_hand: Collection[str] = ()) -> str:
        """Have the acceptor make a peering token, which serves once. Raises ConsulRefusedError.

        Addresses given `by_hand` take the place of all that the acceptor would advertise, now and later.
        """
        body = {"PeerName": self.spec.name_at_acceptor, "ServerExternalAddresses": sorted(by_hand)}
        answer = self.acceptor.api("POST", "/v1/peering/token", body)
        return str(answer["PeeringToken"])

    def establish(self, token: str) -> None:
        """Have the dialer use a peering token; takes up to 7 s. Raises ConsulRefusedError."""
        body = {"PeerName": self.spec.name_at_dialer, "PeeringToken": token}
        self.dialer.api("POST", "/v1/peering/establish", body)

    def at_acceptor(self) -> Json:
        """Read the peering from the accepting cluster. Raises ConsulRefusedError where it is not there."""
        return self.acceptor.api("GET", f"/v1/peering/{self.spec.name_at_acceptor}")

    def at_dialer(self) -> Json:
        """Read the peering from the dialing cluster. Raises ConsulRefusedError where it is not there."""
        return self.dialer.api("GET", f"/v1/peering/{self.spec.name_at_dialer}")

    def states(self) -> tuple[str, str]:
        """Give the peering's state at the acceptor and at the dialer."""
        return str(self.at_acceptor()["State"]), str(self.at_dialer()["State"])

    def dialed_addresses(self) -> frozenset[str]:
        """Give the addresses that the dialer has for the acceptor."""
        return frozenset(self.at_dialer()["PeerServerAddresses"] or [])

    def server_name(self) -> str:
        """Give the name by which the acceptor's servers are asked for through gateways."""
        return str(self.at_dialer()["PeerServerName"])
