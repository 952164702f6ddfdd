package paths

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
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

var errSilent = errors.New("the judge left questions unanswered")

// run puts questions to a judge, and returns answers by question.
func (j Judge) run(ctx context.Context, questions []question, env ...string) (map[string]Answers, error) {
	if len(questions) == 0 {
		return map[string]Answers{}, nil
	}
	if j.ask != nil {
		return j.ask(questions)
	}
	var in, out, log bytes.Buffer
	encoder := json.NewEncoder(&in)
	encoder.SetEscapeHTML(false)
	for _, q := range questions {
		if err := encoder.Encode(q); err != nil {
			return nil, err
		}
	}
	command := exec.CommandContext(ctx, j.command[0], j.command[1:]...) //nolint:gosec // the programs are found by this package
	command.Stdin, command.Stdout, command.Stderr = &in, &out, &log
	command.Env = append(os.Environ(), env...)
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", j.Name, err, lastLine(log.Bytes()))
	}
	answers, err := readReplies(&out)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.Name, err)
	}
	if len(answers) != len(questions) {
		return nil, fmt.Errorf("%s: %w: %d of %d answered", j.Name, errSilent, len(answers), len(questions))
	}
	return answers, nil
}

func readReplies(r io.Reader) (map[string]Answers, error) {
	answers := map[string]Answers{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var given struct {
			ID      string            `json:"id"`
			Answers map[string]Answer `json:"answers"`
		}
		if err := json.Unmarshal(lines.Bytes(), &given); err != nil {
			return nil, fmt.Errorf("line %q: %w", lines.Text(), err)
		}
		answers[given.ID] = given.Answers
	}
	return answers, lines.Err()
}

func lastLine(log []byte) string {
	lines := bytes.Split(bytes.TrimSpace(log), []byte("\n"))
	return string(lines[len(lines)-1])
}
