"""The subset of Rego on which every engine agrees (engines.md 2.6), enforced when policies are loaded.

It reads tokens, not a syntax tree: an engine finds what does not compile, but regorus resolves calls only when it
reaches them and differs silently from OPA in some, so both must be refused before.
"""

import re
from collections.abc import Iterator, Sequence

from scanner.errors import PolicyError
from scanner.evaluate.boundaries import boundary_faults
from scanner.evaluate.heads import head_faults
from scanner.evaluate.policies import Policy, PolicySet
from scanner.evaluate.source import TOKEN, Fault, bare, line_at

# fmt: off
PORTABLE_BUILTINS = frozenset({
    "abs", "array.concat", "array.reverse", "array.slice", "ceil", "concat", "contains", "count", "endswith",
    "floor", "format_int", "glob.match", "indexof", "intersection", "is_array", "is_boolean", "is_null",
    "is_number", "is_object", "is_set", "is_string", "json.filter", "json.patch", "json.remove", "json.unmarshal",
    "lower", "max", "min", "net.cidr_contains", "numbers.range", "object.filter", "object.get", "object.keys",
    "object.remove", "object.subset", "object.union", "object.union_n", "product", "regex.match", "regex.replace",
    "regex.split", "replace", "reverse", "round", "semver.compare", "sort", "split", "sprintf", "startswith",
    "strings.any_prefix_match", "strings.any_suffix_match", "substring", "sum", "time.add_date", "time.diff",
    "time.parse_duration_ns", "time.parse_rfc3339_ns", "to_number", "trim", "trim_left", "trim_prefix",
    "trim_right", "trim_space", "trim_suffix", "type_name", "union", "upper", "walk",
})
# fmt: on

_CALL = re.compile(r"(?<![\w.\"])([A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)\(")
_FUNCTION = re.compile(r"^([A-Za-z_]\w*)\(", re.MULTILINE)
_IMPORT = re.compile(r"^import data\.([\w.]+?)\s*(?: as (\w+))?$", re.MULTILINE)
_KEYWORD_IN_REF = re.compile(
    r"\w\.(as|contains|default|else|every|false|if|import|in|not|null|package|some|true|with)\b"
)
_EVERY = re.compile(r"\bevery\b[^{}]*(?:\{[^{}]*\}\s*)?\{")
_NOT = re.compile(r"\bnot\b")
_SPRINTF = re.compile(r'\bsprintf\(\s*"((?:[^"\\\n]|\\.)*)"')
_VERB = re.compile(r"%(%|[^%a-zA-Z]*[a-zA-Z])")
_PORTABLE_VERBS = frozenset({"%", "s", "d", "v", "q"})
_REGEX = re.compile(r"\bregex\.\w+\(\s*(`[^`]*`|\"(?:[^\"\\\n]|\\.)*\")")
_UNICODE_CLASS = re.compile(r"\\{1,2}[dwsbDWSB]")


def check_portable(policy_set: PolicySet) -> None:
    """Refuse a policy set that is not portable.

    Raises:
        PolicyError: with every fault, a line each.
    """
    if faults := portable_faults(policy_set.policies):
        raise PolicyError("Policies outside the portable subset:\n" + "\n".join(f"  {fault}" for fault in faults))


def portable_faults(policies: Sequence[Policy]) -> list[Fault]:
    """Return the faults of some files that are loaded together, file by file."""
    functions: dict[str, frozenset[str]] = {}
    for policy in policies:
        found = frozenset(_FUNCTION.findall(bare(policy.text)))
        functions[policy.package] = functions.get(policy.package, frozenset()) | found
    return [fault for policy in policies for fault in policy_faults(policy, functions)]


def policy_faults(policy: Policy, functions: dict[str, frozenset[str]]) -> list[Fault]:
    """Return the faults of one file, given the functions that each package defines."""
    code = bare(policy.text)
    found = [
        *_calls(policy, code, functions),
        *_keywords(policy, code),
        *_negations(policy, code),
        *_formats(policy),
        *_patterns(policy),
        *_interpolations(policy),
        *boundary_faults(policy, code, functions.keys()),
        *head_faults(policy, code, PORTABLE_BUILTINS),
    ]
    return sorted(found, key=lambda fault: fault.line)


def _calls(policy: Policy, code: str, functions: dict[str, frozenset[str]]) -> Iterator[Fault]:
    imported = {alias or package.rpartition(".")[2]: package for package, alias in _IMPORT.findall(code)}
    for call in _CALL.finditer(code):
        name, line = call[1], line_at(code, call.start())
        package, _, function = name.rpartition(".")
        known = functions[policy.package] if not package else functions.get(imported.get(package, ""), frozenset())
        if name == "walk" and not _has_two_arguments(code, call.end()):
            yield Fault(
                policy.path, line, "walk(x) as a value yields nothing in regorus", "write walk(x, [path, value])"
            )
        elif name not in PORTABLE_BUILTINS and function not in known:
            yield Fault(
                policy.path,
                line,
                f"{name} is no function here and no portable builtin",
                "see docs/engines.md for those",
            )


def _has_two_arguments(code: str, position: int) -> bool:
    depth = 0
    for character in code[position:]:
        if character == "," and depth == 0:
            return True
        if character in "([{":
            depth += 1
        if character in ")]}":
            depth -= 1
        if depth < 0:
            return False
    return False


def _negations(policy: Policy, code: str) -> Iterator[Fault]:
    for every in _EVERY.finditer(code):
        body = code[every.end() : _closing(code, every.end())]
        if _NOT.search(body):
            line = line_at(code, every.start())
            yield Fault(policy.path, line, "not inside every is false in regorus", "count what is not so: == 0")


def _closing(code: str, position: int) -> int:
    depth = 1
    for place in range(position, len(code)):
        depth += {"{": 1, "}": -1}.get(code[place], 0)
        if depth == 0:
            return place
    return len(code)


def _keywords(policy: Policy, code: str) -> Iterator[Fault]:
    for ref in _KEYWORD_IN_REF.finditer(code):
        reason = f"the keyword {ref[1]} in a reference is not known to every engine"
        yield Fault(policy.path, line_at(code, ref.start()), reason, f'write ["{ref[1]}"]')


def _formats(policy: Policy) -> Iterator[Fault]:
    for call in _SPRINTF.finditer(policy.text):
        for verb in _VERB.findall(call[1]):
            if verb not in _PORTABLE_VERBS:
                reason = f"sprintf's %{verb} differs between engines"
                yield Fault(policy.path, line_at(policy.text, call.start()), reason, "use %s, %d, %v or %q")


def _patterns(policy: Policy) -> Iterator[Fault]:
    for call in _REGEX.finditer(policy.text):
        for character_class in _UNICODE_CLASS.findall(call[1]):
            reason = f"{character_class} in a pattern is Unicode in one engine and ASCII in the other"
            yield Fault(policy.path, line_at(policy.text, call.start()), reason, "write [0-9], [A-Za-z0-9_]")


def _interpolations(policy: Policy) -> Iterator[Fault]:
    for token in TOKEN.finditer(policy.text):
        if token[0].startswith("$"):
            reason = "string interpolation is not known to every engine"
            yield Fault(policy.path, line_at(policy.text, token.start()), reason, "use sprintf")
