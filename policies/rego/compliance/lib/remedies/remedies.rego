# METADATA
# title: Remedies
# description: Remediation of ACLs as data (design section 4). Whole policies go back, nothing else changes.
package compliance.lib.remedies

# METADATA
# description: The remedy that grants a right; `mends` are those of `derive`, empty where no command would be safe.
of_grant(owner, right, mends) := {
	"text": sprintf("Grant %s to %s by hand: no command would do it and change nothing else.", [right, owner]),
	"steps": [],
} if {
	count(mends) == 0
} else := {
	"text": sprintf("Grant %s to %s; what else its policies say stays as it is.%s", [
		right, owner, _also(mends),
	]),
	"steps": [step | some mend in mends; some step in _steps(mend)],
}

# One policy has one text: two mends that each wrote it back with one line would undo each other.
_also(mends) := "" if {
	count(_lines(mends)) == 0
} else := sprintf(" What else is missing goes into the same text: %s.", [concat("; ", _lines(mends))])

_lines(mends) := sort({line | some mend in mends; some line in mend.also})

_steps(mend) := steps if {
	mend.kind == "update"
	steps := [{
		"argv": ["consul", "acl", "policy", "update", "-id", mend.policy, "-rules", "-"],
		"stdin": mend.rules,
	}]
} else := [
	{"argv": ["consul", "acl", "policy", "create", "-name", mend.policy, "-rules", "-"], "stdin": mend.rules},
	{"argv": _attach(mend)},
]

# Without all four -merge flags the command drops what the token has, and -append-policy-name drops its identities
# (1.22.7). 1.14 knows only -id and -merge, which 1.22 still takes.
_attach(mend) := argv if {
	mend.kind == "attach_to_role"
	argv := ["consul", "acl", "role", "update", "-id", mend.holder, "-policy-name", mend.policy]
} else := array.concat(
	["consul", "acl", "token", "update", "-id", mend.holder, "-policy-name", mend.policy],
	["-merge-policies", "-merge-roles", "-merge-service-identities", "-merge-node-identities"],
)
