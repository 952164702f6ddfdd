package paths

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// question is one vector as a judge reads it, certificates in base64.
type question struct {
	ID        string   `json:"id"`
	Presented [][]byte `json:"presented,omitempty"`
	Anchors   [][]byte `json:"anchors"`
	At        int64    `json:"at,omitempty"` // seconds since 1970
	Leaf      []byte   `json:"leaf,omitempty"`
	Host      *string  `json:"host,omitempty"`
	Port      int      `json:"port,omitempty"` // of the server that presents the leaf
}

// Judge is a validator that can be asked.
type Judge struct {
	// Name says which, with its version.
	Name string
	// Paths and Names say what it is asked.
	Paths, Names bool

	command    []string                                     // reads questions, writes replies
	handshakes bool                                         // paths are judged in a handshake under the key of the lab
	servers    bool                                         // names are judged in a handshake
	ask        func([]question) (map[string]Answers, error) // instead of command
}

// answerTime bounds one answer; a program in Java is compiled before the first.
const answerTime = 2 * time.Minute

// run puts questions to a judge, and returns answers by question.
func (j Judge) run(ctx context.Context, questions []question) (map[string]Answers, error) {
	if len(questions) == 0 {
		return map[string]Answers{}, nil
	}
	if j.ask != nil {
		return j.ask(questions)
	}
	command := exec.CommandContext(ctx, j.command[0], j.command[1:]...) //nolint:gosec // the programs are found by this package
	command.Env = append(os.Environ(), "PYTHONUNBUFFERED=1")
	program, err := judge.Start(command)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.Name, err)
	}
	defer program.Stop()
	answers := map[string]Answers{}
	for _, q := range questions {
		line, err := json.Marshal(q)
		if err != nil {
			return nil, err
		}
		var given struct {
			ID      string            `json:"id"`
			Answers map[string]Answer `json:"answers"`
		}
		if err := program.Ask(line, answerTime, &given); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", j.Name, q.ID, err)
		}
		if given.ID != q.ID {
			return nil, fmt.Errorf("%s: %s: %w", j.Name, q.ID, judge.ErrSilent)
		}
		answers[q.ID] = given.Answers
	}
	return answers, nil
}
