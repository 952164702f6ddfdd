package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// Judge is a running client. It is for one goroutine at a time.
type Judge struct {
	client   Client
	cache    string
	home     string
	identity Identity
	program  *judge.Program
}

// grace is how long a runner may take beyond the case's own timeout, and
// startTime how long it may take to introduce itself.
const (
	grace     = 15 * time.Second
	startTime = 4 * time.Minute
)

// Start runs a client's runner and reads its first line.
//
// home is an empty folder. The caller calls [Judge.Close].
// The error is [judge.ErrSilent].
func Start(ctx context.Context, c Client, cache, home string) (*Judge, error) {
	j := &Judge{client: c, cache: cache, home: home}
	return j, j.start(ctx)
}

// Identity returns what the runner said of itself.
func (j *Judge) Identity() Identity { return j.identity }

func (j *Judge) start(ctx context.Context) error {
	args := make([]string, len(j.client.Command))
	for i, arg := range j.client.Command {
		args[i] = j.client.expand(arg, j.cache)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = j.client.dir, j.client.environment(j.cache, j.home)
	program, err := judge.Start(cmd)
	if err != nil {
		return fmt.Errorf("runner %s: %w", j.client.Name(), err)
	}
	if err := program.Read(startTime, &j.identity); err != nil {
		program.Stop()
		return fmt.Errorf("runner %s: first line: %w", j.client.Name(), err)
	}
	j.program = program
	return nil
}

// Ask puts one case to the client and waits for what it did.
//
// A client that hangs or dies is killed and started anew; the result then is
// [Hung] with the last lines that it printed on standard error. The error
// means that the client cannot go on at all.
func (j *Judge) Ask(ctx context.Context, q Question) (Result, error) {
	line, err := json.Marshal(q)
	if err != nil {
		return Result{}, fmt.Errorf("case %s: %w", q.ID, err)
	}
	var result Result
	err = j.program.Ask(line, time.Duration(q.TimeoutMS)*time.Millisecond+grace, &result)
	if err == nil && result.ID == q.ID {
		return result, nil
	}
	result = Result{ID: q.ID, Outcome: Hung, Error: j.program.Complaint()}
	j.Close()
	if ctx.Err() != nil {
		return Result{}, fmt.Errorf("case %s: %w", q.ID, ctx.Err())
	}
	return result, j.start(ctx)
}

// Close ends the runner.
func (j *Judge) Close() {
	if j.program != nil {
		j.program.Stop()
		j.program = nil
	}
}
