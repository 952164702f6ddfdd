package watch_test

import (
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/watch"
)

func TestAWaitIsOverWhereNoSwitchBegins(t *testing.T) {
	t.Parallel()
	const former, target, third = "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"
	idle := watch.Standing{CA: former, Settled: true}
	pending, arrived := watch.Standing{CA: former, PendingCA: target, Settled: true}, watch.Standing{CA: target, Settled: true}
	another := watch.Standing{CA: former, PendingCA: third, Settled: true}
	type look struct {
		second   int
		standing watch.Standing
		presents string
		over     bool
	}
	for name, looks := range map[string][]look{
		"idle": {{0, idle, former, false}, {30, idle, former, false}, {59, idle, former, false}, {60, idle, former, true}, {61, idle, former, true}},
		"no handshake": {
			{0, idle, "no certificate", false}, {60, idle, "no certificate", true},
		},
		"modifying in between": {
			{0, idle, former, false}, {30, watch.Standing{CA: former}, former, false}, {60, idle, former, false}, {119, idle, former, false}, {120, idle, former, true},
		},
		"modifying at the end":  {{0, idle, former, false}, {60, watch.Standing{CA: former}, former, false}},
		"unknown in between":    {{0, idle, former, false}, {30, watch.Standing{}, former, false}, {60, idle, former, false}, {120, idle, former, true}},
		"the CA is not known":   {{0, watch.Standing{Settled: true}, former, false}, {60, watch.Standing{Settled: true}, former, false}},
		"never known":           {{0, watch.Standing{}, former, false}, {3600, watch.Standing{}, former, false}},
		"another CA is pending": {{0, another, former, false}, {60, another, former, true}},
		"pending once":          {{0, pending, former, false}, {15, idle, former, false}, {3600, idle, former, false}},
		"pending later":         {{0, idle, former, false}, {59, pending, former, false}, {60, idle, former, false}, {3600, idle, former, false}},
		"reported once":         {{0, arrived, former, false}, {15, idle, former, false}, {3600, idle, former, false}},
		"presented once":        {{0, idle, target, false}, {15, idle, former, false}, {3600, idle, former, false}},
		"late to present":       {{0, arrived, former, false}, {3600, arrived, former, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wait := watch.Wait{Target: target}
			for _, l := range looks {
				if over := wait.Take(l.standing, l.presents, at.Add(time.Duration(l.second)*time.Second)); over != l.over {
					t.Errorf("over after %d s: %t", l.second, over)
				}
			}
		})
	}
}
