# METADATA
# title: Self-test
# description: >-
#   Expressions with known answers, evaluated at each start: an engine that answers otherwise is not believed.
#   scanner/evaluate/selftest.py has the answers.
package compliance.selftest

# METADATA
# title: Answers
# description: Everything that our rules lean on, where engines are known to differ.
answers["walk"] := sort([value |
	walk({"a": {"b": 1}, "c": 2}, [_, value])
	is_number(value)
])

answers["semver"] := [semver.compare("1.10.0", "1.9.9"), semver.compare("1.14.0", "1.14.0")]

answers["sprintf"] := sprintf("%s %d %v %q", ["a", 7, [1, "b"], "c\"d"])

answers["set_order"] := sort({"b", "a", "B", "é"})

answers["union"] := object.union({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}})

answers["undefined_is_no_collection"] := [value | some value in input.clusters.absent.servers]

answers["missing_is_not_false"] := "undefined" if not input.clusters.absent

answers["every"] := "true" if {
	every value in [1, 2] {
		value > 0
	}
}

answers["floor"] := floor(45999999999 / 1000000000)

answers["large_integers"] := 1763812345678901234 - 1763812345000000000

answers["object_keys"] := [object.get({}, "a", "b"), object.remove({"a": 1, "b": 2}, ["a"])]

answers["regex"] := [regex.match(`^[0-9]+$`, "12"), regex.match(`^[0-9]+$`, "١٢")]

# METADATA
# title: A builtin error
# description: Must be an error of the query, never an undefined answer that looks like no violation.
strict := 1 / input.zero
