package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// censusOf is a census that is given one log.
func censusOf(from, to string, complete bool, users ...string) string {
	var sessions strings.Builder
	for _, user := range users {
		fmt.Fprintf(&sessions, "{ username = %q, database = \"app\", application_name = %q, client_addr = \"10.0.0.5\", ssl = true },\n", user, user)
	}
	return fmt.Sprintf(`
resource "sslready_client_census" "orders" {
  name         = "orders-prod"
  forget_after = "720h"

  observations = [{
    source   = "sslready_connection_log"
    from     = "2026-%sT00:00:00Z"
    to       = "2026-%sT00:00:00Z"
    complete = %t
    sessions = [%s]
  }]
}
`, from, to, complete, sessions.String())
}

func TestAccCensusRemembersAMonthlyClient(t *testing.T) {
	t.Parallel()
	const census = "sslready_client_census.orders"
	holds := func(users ...string) statecheck.StateCheck {
		var clients []knownvalue.Check
		for _, user := range users {
			clients = append(clients, knownvalue.ObjectPartial(map[string]knownvalue.Check{"username": knownvalue.StringExact(user), "ssl": knownvalue.Bool(true)}))
		}
		return statecheck.ExpectKnownValue(census, tfjsonpath.New("clients"), knownvalue.ListExact(clients))
	}
	empty := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	run(t,
		resource.TestStep{Config: censusOf("03-01", "03-04", true, "app", "monthly"), ConfigStateChecks: []statecheck.StateCheck{
			holds("app", "monthly"),
			statecheck.ExpectKnownValue(census, tfjsonpath.New("complete"), knownvalue.Bool(true)),
			statecheck.ExpectKnownValue(census, tfjsonpath.New("observation").AtMapKey("source"), knownvalue.StringExact("sslready_client_census")),
			statecheck.ExpectKnownValue(census, tfjsonpath.New("observation").AtMapKey("sessions").AtSliceIndex(1).AtMapKey("username"), knownvalue.StringExact("monthly")),
		}},
		resource.TestStep{Config: censusOf("03-02", "03-04", true, "app"), ConfigPlanChecks: empty, ConfigStateChecks: []statecheck.StateCheck{holds("app", "monthly")}},
		resource.TestStep{Config: censusOf("03-03", "03-06", true, "app"), ConfigStateChecks: []statecheck.StateCheck{
			holds("app", "monthly"),
			statecheck.ExpectKnownValue(census, tfjsonpath.New("from"), knownvalue.StringExact("2026-03-01T00:00:00Z")),
			statecheck.ExpectKnownValue(census, tfjsonpath.New("to"), knownvalue.StringExact("2026-03-06T00:00:00Z")),
		}},
		resource.TestStep{Config: censusOf("03-05", "03-06", false, "app", "new"), ConfigStateChecks: []statecheck.StateCheck{
			holds("app", "monthly", "new"),
		}},
		resource.TestStep{Config: censusOf("04-01", "04-07", false, "app"), ConfigStateChecks: []statecheck.StateCheck{
			holds("app"),
			statecheck.ExpectKnownValue(census, tfjsonpath.New("complete"), knownvalue.Bool(false)),
			statecheck.ExpectKnownValue(census, tfjsonpath.New("observation").AtMapKey("why"), knownvalue.NotNull()),
		}},
		resource.TestStep{
			ResourceName: census, ImportState: true, ImportStateId: "orders-prod", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
			ImportStateVerifyIgnore: []string{"clients", "from", "to", "complete", "observation", "forget_after"},
		},
	)
}

func TestBulkCensusHoldsTenThousandClientsAndNoMore(t *testing.T) {
	t.Parallel()
	const name = "sslready_client_census"
	p := newProtocol(t, always(judgedAt), values{})
	schema := p.schemas.ResourceSchemas[name].ValueType()
	plan := func(clients int) (tftypes.Value, diagnostics) {
		var sessions []any
		for i := range clients {
			sessions = append(sessions, values{"username": fmt.Sprintf("user-%d", i), "client_addr": "10.0.0.1"})
		}
		config := values{"name": "orders-prod", "observations": []any{values{"source": "sslready_connection_log", "to": "2026-03-04T00:00:00Z", "sessions": sessions}}}
		proposed := values{"name": "orders-prod", "clients": notKnown{}, "from": notKnown{}, "to": notKnown{}, "complete": notKnown{}, "observation": notKnown{}}
		planned, err := p.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
			TypeName: name, PriorState: p.encode(t, schema, tftypes.NewValue(schema, nil)), ProposedNewState: p.encode(t, schema, proposed), Config: p.encode(t, schema, config),
		})
		must(t, err)
		if told := diagnosticsOf(planned.Diagnostics); told.failed() {
			return tftypes.NewValue(schema, nil), told
		}
		return decode(t, schema, planned.PlannedState), nil
	}
	state, told := plan(10_000)
	if told.failed() {
		t.Fatal(told)
	}
	if clients, _ := at(t, state, "clients").([]any); len(clients) != 10_000 {
		t.Errorf("%d clients", len(clients))
	}
	_, told = plan(10_001)
	told.expect(t, "ERROR", "forget_after", `Too Many Clients in the Census of "orders-prod"`, "Too many clients: 10001, but at most 10000 can be remembered.", "shorter forget_after")
}
