"""Token sets made from a seed: policies, roles and a token, as Consul takes them, and what each policy means.

No two sets share a policy, nor the name of an identity: Consul merges into policies that it keeps parsed, so what one
token has changes what the next one with the same policy gets (`test_a_shared_policy_...` shows it).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from scanner.acl.rules import Rule
from tests.acl_parity.wording import hcl_text, json_text, make_rules, says_twice
from tests.playground.endpoint import Json

ELSEWHERE = "elsewhere"
NAMELESS = ("builtin/dns", "builtin/nomad-client", "builtin/nomad-server")
NAMED = ("builtin/service", "builtin/node", "builtin/api-gateway")


@dataclass(frozen=True)
class TokenSet:
    """What to create, in the documents of Consul's API; policies and roles are linked by name.

    `rules` are those of each policy, by its name; `names` the names that rules and identities speak of.
    """

    number: int
    names: tuple[str, ...]
    rules: Mapping[str, tuple[Rule, ...]]
    policies: tuple[Json, ...]
    roles: tuple[Json, ...]
    token: Json = field(default_factory=dict)


def make_token_set(seed: str, number: int, datacenter: str) -> TokenSet:
    """Make the set of a number; the same seed, number and datacenter make the same set."""
    random = Random(f"{seed}/{number}")
    own = (f"web-{number}", f"api-{number}")
    known = ("w", "web", "web-", "Web", "wéb", "*", 'q"uo\\te', f"{own[0]}-sidecar-proxy", own[1].upper())
    names = ("", "", *own, *random.sample(known, 5))
    rules = {f"set-{number}-{index}": make_rules(random, names) for index in range(random.randint(0, 4))}
    policies = tuple(make_policy(random, name, said, datacenter) for name, said in rules.items())
    nameless = random.choice(NAMELESS)
    roles = tuple(
        {"Name": f"role-{number}-{index}", **attached(random, rules, own, nameless, datacenter)}
        for index in range(random.choice((0, 0, 1, 2)))
    )
    linked = {"Roles": [{"Name": role["Name"]} for role in roles]}
    token = {"Description": f"set {number}", **linked, **attached(random, rules, own, nameless, datacenter)}
    return TokenSet(number, names, rules, policies, roles, token)


def make_policy(random: Random, name: str, rules: tuple[Rule, ...], datacenter: str) -> Json:
    as_json = random.random() < 0.3 and not says_twice(rules)
    text = json_text(rules) if as_json else hcl_text(rules)
    return {"Name": name, "Rules": text, "Datacenters": datacenters(random, datacenter)}


def attached(
    random: Random, rules: Mapping[str, tuple[Rule, ...]], own: tuple[str, ...], nameless: str, datacenter: str
) -> Json:
    """Hang some of the set's policies on something, and now and then an identity or a template."""
    policies = [name for name in rules if random.random() < 0.7]
    nodes = [(random.choice(own), random.choice((datacenter, ELSEWHERE))) for _ in range(some(random))]
    return {
        "Policies": [{"Name": name} for name in policies],
        "ServiceIdentities": [
            {"ServiceName": random.choice(own), "Datacenters": datacenters(random, datacenter)}
            for _ in range(some(random))
        ],
        "NodeIdentities": [{"NodeName": name, "Datacenter": where} for name, where in nodes],
        "TemplatedPolicies": [make_template(random, own, nameless, datacenter) for _ in range(some(random))],
    }


def make_template(random: Random, own: tuple[str, ...], nameless: str, datacenter: str) -> Json:
    """Use a template. A set has at most one of those that ignore the name: they are the same policy in every set."""
    said = {"TemplateVariables": {"Name": random.choice(own)}, "Datacenters": datacenters(random, datacenter)}
    return {"TemplateName": nameless if random.random() < 0.4 else random.choice(NAMED), **said}


def datacenters(random: Random, local: str) -> list[str]:
    return random.choice(([], [], [], [local], [ELSEWHERE], [ELSEWHERE, local]))


def some(random: Random) -> int:
    return random.choice((0, 0, 1, 2))
