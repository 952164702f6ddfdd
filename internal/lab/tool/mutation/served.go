package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// served is a program that tries one mutant after the other on its cases: the
// recorded ones, or the vectors of the package.
type served struct {
	file string
	args []string
	dir  string
	most int // cases for a mutant
}

// How many of the recorded cases a mutant is put to, and how long it may take.
const (
	fewCases    = 50
	someCases   = 10000
	allCases    = math.MaxInt
	caseTimeout = 5 * time.Minute
)

// start starts the program, with a mutant that is evaluated then switched on.
func (s served) start(ctx context.Context, m Mutant) (*judge.Program, error) {
	cmd := exec.CommandContext(ctx, s.file, s.args...)
	cmd.Dir = s.dir
	if m.AtInit {
		cmd.Env = append(os.Environ(), "SSLREADY_MUTANT="+strconv.Itoa(m.ID))
	}
	p, err := judge.Start(cmd)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	var ready struct{}
	if err := p.Read(10*time.Minute, &ready); err != nil {
		p.Stop()
		return nil, fmt.Errorf("replay: %w", err)
	}
	return p, nil
}

// recorded puts a mutant to some of the recorded cases, and says whether the
// program is still good for another one.
func recorded(r *judge.Program, v *Verdict, most int) (alive bool) {
	var answer struct {
		Killed bool `json:"killed"`
		Passed int  `json:"passed"`
	}
	if err := r.Ask(fmt.Appendf(nil, "%d %d", v.Mutant.ID, most), caseTimeout, &answer); err != nil {
		v.Killer = KilledHang
		return false
	}
	if answer.Killed {
		v.Killer = KilledCase
	}
	if most > fewCases {
		v.Reached += min(answer.Passed, 1)
	}
	return true
}
