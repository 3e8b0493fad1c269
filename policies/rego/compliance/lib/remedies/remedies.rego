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
	"text": sprintf("Grant %s to %s; what else its policies say stays as it is.", [right, owner]),
	"steps": [step | some mend in mends; some step in _steps(mend)],
}

_steps(mend) := [{"argv": ["consul", "acl", "policy", "update", "-id", mend.policy, "-rules", "-"], "stdin": mend.rules}] if {
	mend.kind == "update"
} else := [
	{"argv": ["consul", "acl", "policy", "create", "-name", mend.policy, "-rules", "-"], "stdin": mend.rules},
	{"argv": _attach(mend)},
]

_attach(mend) := ["consul", "acl", "role", "update", "-id", mend.holder, "-policy-name", mend.policy] if {
	mend.kind == "attach_to_role"
} else := ["consul", "acl", "token", "update", "-accessor-id", mend.holder, "-append-policy-name", mend.policy]
