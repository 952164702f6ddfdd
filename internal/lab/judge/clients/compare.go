package clients

import (
	"fmt"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// Comparison is one case with what was predicted and what happened.
type Comparison struct {
	Case      Case
	Predicted readiness.Verdict
	Observed  Result
}

// Agreed says whether the prediction is what the client did. A verdict that
// decides nothing agrees only where the template allows that.
func (c Comparison) Agreed() bool {
	want := expected(c.Predicted)
	return want == c.Observed.Outcome || want == "" && c.Case.Template.Indeterminate
}

// Dangerous says whether the prediction promised a verified session that the
// client does not have: the worst way to be wrong.
func (c Comparison) Dangerous() bool {
	return c.Predicted.Outcome == readiness.Connects && c.Observed.Outcome != TLS
}

// TextAgreed says whether the client's error holds the predicted one; it is
// true where there is no error or none is predicted.
func (c Comparison) TextAgreed() bool {
	if c.Observed.Outcome != Fails || c.Predicted.ExpectedError == "" {
		return true
	}
	return strings.Contains(strings.ToLower(lasting(c.Observed.Error)), strings.ToLower(lasting(c.Predicted.ExpectedError)))
}

// Right says whether outcome and error text are as predicted.
func (c Comparison) Right() bool { return c.Agreed() && c.TextAgreed() }

// String says in one paragraph what disagrees, for the owner of the rule.
func (c Comparison) String() string {
	return fmt.Sprintf("%s\n    predicted %s (%s) %s\n    expected error %q\n    observed %s: %s\n    connection %q environment %v properties %v place %q",
		c.Case.ID(), c.Predicted.Outcome, c.Predicted.Reason, c.Predicted.Detail, c.Predicted.ExpectedError,
		c.Observed.Outcome, strings.ReplaceAll(c.Observed.Error, "\n", " ⏎ "),
		c.Case.Template.Connection, c.Case.Template.Environment, c.Case.Template.Properties, c.Case.Template.Place)
}

// Run is what one client did with its cases.
type Run struct {
	// Client is the judge's name.
	Client string
	// Identity is what the judge said of itself.
	Identity Identity
	// Comparisons in the order of the case IDs.
	Comparisons []Comparison
}

// Disagreements returns the cases in which the prediction was wrong.
func (r Run) Disagreements() []Comparison {
	var wrong []Comparison
	for _, c := range r.Comparisons {
		if !c.Agreed() {
			wrong = append(wrong, c)
		}
	}
	return wrong
}
