package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

type demo struct {
	*tfcli.Workspace

	rds      *region.Region
	stores   string
	picture  string
	sessions []session
}

// The names of the clients and of their stores.
const (
	billing = "billing" // has both roots
	reports = "reports" // has the old root only
)

// fillStores writes what the clients trust on the day before the switch.
func (d *demo) fillStores() error {
	if err := os.MkdirAll(d.stores, 0o755); err != nil {
		return err
	}
	old, err := d.rds.RootPEM(presentCA)
	if err != nil {
		return err
	}
	both, err := d.rds.RootPEM(presentCA, targetCA)
	if err != nil {
		return err
	}
	return errors.Join(d.write(billing, both), d.write(reports, old), d.write("roots", both))
}

func (d *demo) store(name string) string { return filepath.Join(d.stores, name+".pem") }

func (d *demo) write(name string, content []byte) error {
	return os.WriteFile(d.store(name), content, 0o644)
}

// declared are the clients with their settings.
var declared = []struct{ user, sslmode string }{{billing, "verify-full"}, {reports, "verify-ca"}}

// connectClients opens the sessions that the provider will see.
func (d *demo) connectClients(ctx context.Context) error {
	for _, c := range declared {
		s, err := d.open(ctx, c.user, c.sslmode)
		if err != nil {
			return err
		}
		d.sessions = append(d.sessions, s)
	}
	return nil
}

func (d *demo) disconnect() {
	for _, s := range d.sessions {
		s.close()
	}
}

// lookAround shows what the server enforces and who is connected.
func (d *demo) lookAround(ctx context.Context) error {
	say("What the server enforces, and who is connected, while it is on " + presentCA)
	if err := d.apply(ctx, variables{presentCA, "error", "payments"}); err != nil {
		return err
	}
	enforced, err := d.output(ctx, "enforced")
	if err != nil {
		return err
	}
	var connected []string
	if err := d.Output(ctx, "connected", &connected); err != nil {
		return err
	}
	tell("%s\n%s", enforced, strings.Join(connected, "\n"))
	if len(connected) != 2 {
		return fmt.Errorf("2 clients are connected, and the provider sees %d", len(connected))
	}
	return nil
}

// blocked plans the switch while one client is not ready.
func (d *demo) blocked(ctx context.Context) error {
	say("Planning the switch to " + targetCA + " while the store of \"reports\" lacks the new root")
	_, err := d.terraform(ctx, variables{targetCA, "error", "payments"}, "plan")
	if err == nil {
		return errors.New("the plan was not blocked")
	}
	output := err.Error()
	if !strings.Contains(output, `Client "reports"`) || !strings.Contains(output, "unknown_authority") || strings.Contains(output, `Client "billing"`) {
		return fmt.Errorf("the plan failed for another reason:\n%s", output)
	}
	tell("%s\n\nThe plan is blocked, as it should be. \"billing\" has both roots and is not in the way.", diagnostics(output))
	if d.picture != "" {
		if err := picture(d.picture, "terraform plan", diagnostics(output)); err != nil {
			return err
		}
	}
	return d.onCA(presentCA, "blocked")
}

// held applies an unrelated change while the switch waits.
func (d *demo) held(ctx context.Context) error {
	say(`The same with on_unready = "hold", and an unrelated change (a tag)`)
	if err := d.apply(ctx, variables{targetCA, "hold", "fulfilment"}); err != nil {
		return err
	}
	now, _ := d.rds.API.Instance(instance)
	if now.Tags["team"] != "fulfilment" {
		return errors.New("the unrelated change was not applied")
	}
	summary, err := d.output(ctx, "summary")
	if err != nil {
		return err
	}
	tell("%s\nThe tag is changed, and %s stays on %s.", summary, instance, now.CAIdentifier)
	return d.onCA(presentCA, "held")
}

// mended adds the root to the store, applies the same configuration, and lets
// the real clients say who was right.
func (d *demo) mended(ctx context.Context) error {
	say(`Adding the new root to the store of "reports", and applying again, with no edit of the configuration`)
	stale, err := os.ReadFile(d.store(reports))
	if err != nil {
		return err
	}
	both, err := d.rds.RootPEM(presentCA, targetCA)
	if err != nil {
		return err
	}
	if err := d.write(reports, both); err != nil {
		return err
	}
	if err := d.apply(ctx, variables{targetCA, "hold", "fulfilment"}); err != nil {
		return err
	}
	summary, err := d.output(ctx, "summary")
	if err != nil {
		return err
	}
	ca, err := d.output(ctx, "ca_cert_identifier")
	if err != nil {
		return err
	}
	tell("%s\naws_db_instance.orders.ca_cert_identifier = %s", summary, ca)
	if err := d.onCA(targetCA, "switched"); err != nil {
		return err
	}

	say("Who was right? Real clients connect after the switch")
	for _, c := range declared {
		answer, err := d.ask(ctx, c.user, c.sslmode, "select 'connects over ' || version from pg_stat_ssl where pid = pg_backend_pid()")
		if err != nil {
			return fmt.Errorf("%s was judged ready and fails: %w", c.user, err)
		}
		tell("%s %s", c.user, answer)
	}
	if err := d.write(reports, stale); err != nil {
		return err
	}
	if _, err = d.ask(ctx, reports, "verify-ca", "select '1'"); err == nil {
		return errors.New("with its old store reports was judged unready, and it connects")
	}
	tell("%s with its old store fails, as predicted: %v", reports, err)
	return d.write(reports, both)
}

// quiet plans once more: there must be nothing left to do.
func (d *demo) quiet(ctx context.Context) error {
	say("Planning once more: nothing may be left to do")
	output, err := d.terraform(ctx, variables{targetCA, "hold", "fulfilment"}, "plan")
	if err != nil {
		return err
	}
	if !strings.Contains(output, "No changes.") {
		return fmt.Errorf("the plan is not empty:\n%s", output)
	}
	tell("No changes.")
	return nil
}

func (d *demo) onCA(want, when string) error {
	if now, _ := d.rds.API.Instance(instance); now.CAIdentifier != want {
		return fmt.Errorf("%s: the DB instance is on %s, not on %s", when, now.CAIdentifier, want)
	}
	return nil
}
