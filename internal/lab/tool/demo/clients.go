package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

// session is a client's connection that stays open, as an application's does.
type session struct{ *pgx.Conn }

func (d *demo) conninfo(user, sslmode string) string {
	return fmt.Sprintf("host=%s port=%d user=%s dbname=postgres sslmode=%s sslrootcert=%s application_name=%s",
		region.Host, d.rds.Server(instance).Port(), user, sslmode, d.store(user), user)
}

// open connects as a client does, and stays.
func (d *demo) open(ctx context.Context, user, sslmode string) (session, error) {
	conn, err := pgx.Connect(ctx, d.conninfo(user, sslmode))
	return session{conn}, err
}

func (s session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.Close(ctx)
}

// ask lets a real client connect anew and run one query: psql, or pgx where
// psql is not installed.
func (d *demo) ask(ctx context.Context, user, sslmode, query string) (string, error) {
	psql, err := exec.LookPath("psql")
	if err != nil {
		return d.askPgx(ctx, user, sslmode, query)
	}
	command := exec.CommandContext(ctx, psql, "-X", "-At", "-c", query, d.conninfo(user, sslmode))
	command.Env = append(tfcli.CleanEnvironment(), "LC_ALL=C")
	output, err := command.CombinedOutput()
	output = bytes.TrimSpace(output)
	if _, failed := errors.AsType[*exec.ExitError](err); failed {
		return "", fmt.Errorf("psql: %s", bytes.TrimSpace(output[bytes.LastIndexByte(output, ':')+1:]))
	}
	return string(output), err
}

func (d *demo) askPgx(ctx context.Context, user, sslmode, query string) (string, error) {
	s, err := d.open(ctx, user, sslmode)
	if err != nil {
		return "", err
	}
	defer s.close()
	var answer string
	err = s.QueryRow(ctx, query).Scan(&answer)
	return answer, err
}
