package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// TestAccWhatReadersSeeOfAFailedSwitch is what the guide says of outputs: where
// the DB instance could not be changed, Terraform stores what it had planned
// for an output, be it of the gate or of the DB instance. That of a data source
// which is read after the change still says what was.
func TestAccWhatReadersSeeOfAFailedSwitch(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.api.RemoveInstance(orders)
	store := a.store(t, "app.pem", presentCA)
	p := newProcess(t, requiredProviders+a.providers()+gateBlock(targetCA, "hold", clientBlock("app", store))+instanceBlock("")+`
output "gate" {
  value = sslready_trust_store_validation.orders.ca_cert_identifier
}

output "instance" {
  value = aws_db_instance.orders.ca_cert_identifier
}

data "aws_db_instance" "now" {
  db_instance_identifier = aws_db_instance.orders.identifier
  depends_on             = [aws_db_instance.orders]
}

output "now" {
  value = data.aws_db_instance.now.ca_cert_identifier
}
`)
	if p == nil {
		return
	}
	apply := func() (string, error) { return p.run(t, "apply", "-input=false", "-no-color", "-auto-approve") }
	seen := func() map[string]any {
		written, err := p.run(t, "output", "-json")
		must(t, err)
		var outputs map[string]struct{ Value any }
		must(t, json.Unmarshal([]byte(written), &outputs))
		return map[string]any{"gate": outputs["gate"].Value, "instance": outputs["instance"].Value, "now": outputs["now"].Value}
	}
	for range 2 { // The second knows what the first has created.
		if written, err := apply(); err != nil {
			t.Fatal(written)
		}
	}
	created, _ := a.api.Instance(orders)
	before := created.CAIdentifier
	if got := seen(); got["gate"] != before || got["instance"] != before || got["now"] != before || before == targetCA {
		t.Fatalf("before the switch: %v, and the DB instance is on %s", got, before)
	}
	a.rewrite(t, store, before, targetCA)
	a.api.SetFaults(rdsserver.Faults{Denied: []string{"ModifyDBInstance"}})
	if written, err := apply(); err == nil || !strings.Contains(written, "AccessDenied") {
		t.Fatalf("the switch did not fail: %v %s", err, written)
	}
	if got := seen(); got["gate"] != targetCA || got["instance"] != targetCA || got["now"] != before {
		t.Errorf("after the failed switch: %v; want both planned ones on %s, the one that was read on %s", got, targetCA, before)
	}
	state, err := os.ReadFile(filepath.Join(p.Dir, "terraform.tfstate"))
	must(t, err)
	var stored struct {
		Outputs map[string]struct{ Value any }
	}
	must(t, json.Unmarshal(state, &stored))
	if stored.Outputs["gate"].Value != targetCA || stored.Outputs["now"].Value != before {
		t.Errorf("the state has %v", stored.Outputs)
	}
	a.api.SetFaults(rdsserver.Faults{})
	if written, err := apply(); err != nil {
		t.Fatal(written)
	}
	if got := seen(); got["gate"] != targetCA || got["instance"] != targetCA || got["now"] != targetCA {
		t.Errorf("after the switch: %v", got)
	}
}
