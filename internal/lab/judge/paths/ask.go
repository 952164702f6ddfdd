package paths

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
)

// Ask puts every vector to a judge, and writes the answers into the vectors.
// It returns how many answers it got under each of the judge's labels.
func (c *Corpus) Ask(ctx context.Context, bench Bench, judge Judge) (map[string]int, error) {
	answered := map[string]int{}
	keep := func(to, given Answers) {
		for label, answer := range given {
			to[label] = answer
			answered[label]++
		}
	}
	if judge.Paths && !bench.NamesOnly {
		byTime := map[time.Time][]question{}
		for _, v := range c.Paths {
			if !bench.asks(v.ID) || (judge.handshakes && !c.presentable(bench, v.Presented[0])) {
				continue
			}
			at := v.At
			if !judge.handshakes {
				at = now // one run: these judges take the time as a parameter
			}
			byTime[at] = append(byTime[at], question{
				ID: v.ID, Presented: c.Chain(v.Presented), Anchors: c.Chain(v.Anchors), At: v.At.Unix(),
			})
		}
		for _, at := range slices.SortedFunc(maps.Keys(byTime), time.Time.Compare) {
			given, err := judge.at(at).run(ctx, byTime[at])
			if err != nil {
				return answered, err
			}
			for _, v := range c.Paths {
				keep(v.Answers, given[v.ID])
			}
		}
	}
	if !judge.Names {
		return answered, nil
	}
	given, err := c.askNames(ctx, bench, judge)
	if err != nil {
		return answered, err
	}
	for _, v := range c.Names {
		keep(v.Answers, given[v.ID])
	}
	return answered, nil
}

// at moves the clock of a judge that has no parameter for the time.
func (j Judge) at(moment time.Time) Judge {
	if j.handshakes {
		j.command = append([]string{"env", "TZ=UTC", "faketime", "-f", moment.Format("@2006-01-02 15:04:05")}, j.command...)
	}
	return j
}

func (c *Corpus) askNames(ctx context.Context, bench Bench, judge Judge) (map[string]Answers, error) {
	ports := map[string]int{}
	if judge.servers {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		var err error
		if ports, err = c.serve(ctx, bench); err != nil {
			return nil, err
		}
	}
	questions := make([]question, 0, len(c.Names))
	for _, v := range c.Names {
		if !bench.asks(v.ID) {
			continue
		}
		issuer, anchor := v.above()
		questions = append(questions, question{
			ID: v.ID, Leaf: c.Certificates[v.Leaf], Host: &v.Host, Port: ports[v.Leaf],
			Presented: c.Chain([]string{v.Leaf, issuer}), Anchors: c.Chain([]string{anchor}),
		})
	}
	return judge.at(now).run(ctx, questions)
}

// serve starts a server for each server certificate, which ends every session
// after the TLS handshake with words that the client's judge recognizes. It
// returns their ports.
func (c *Corpus) serve(ctx context.Context, bench Bench) (map[string]int, error) {
	key, err := readKey(bench.Key)
	if err != nil {
		return nil, err
	}
	var roots []byte
	for _, root := range c.Chain([]string{"root", oddRoot}) {
		roots = append(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root})...)
	}
	if err := os.WriteFile(bench.rootFile(), roots, 0o600); err != nil {
		return nil, err
	}
	ports := map[string]int{}
	for _, v := range c.Names {
		if ports[v.Leaf] != 0 || !bench.asks(v.ID) {
			continue
		}
		issuer, _ := v.above()
		chain := tls.Certificate{Certificate: c.Chain([]string{v.Leaf, issuer}), PrivateKey: key}
		ports[v.Leaf], _, err = pgserver.Impostor{
			TLS:  &tls.Config{Certificates: []tls.Certificate{chain}, MinVersion: tls.VersionTLS12},
			Asks: &pgproto3.ErrorResponse{Severity: "FATAL", Code: "28000", Message: "the judge's server was accepted"},
		}.Start(ctx)
		if err != nil {
			return nil, err
		}
	}
	return ports, nil
}

// presentable reports a server certificate for the lab's key.
func (c *Corpus) presentable(bench Bench, name string) bool {
	key, err := readKey(bench.Key)
	if err != nil {
		return false
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	return err == nil && bytes.Contains(c.Certificates[name], public)
}

func readKey(file string) (crypto.Signer, error) {
	content, err := os.ReadFile(file) //nolint:gosec // a key of the lab
	if err != nil {
		return nil, err
	}
	return parseKey(content)
}

func parseKey(content []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%w: the lab's key is no PEM", errBroken)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%w: the lab's key cannot sign", errBroken)
	}
	return signer, nil
}

// Report is what came of asking all judges again.
type Report struct {
	Missing []string // judges that this machine does not have
	Judges  []Asked
}

// Asked is one judge's part.
type Asked struct {
	Judge   string
	Answers int      // in all
	Changed []string // vectors whose kept answer was another
}

var (
	errChanged = errors.New("judges answer otherwise than is kept")
	errMissing = errors.New("judges are missing")
)

// Rejudge asks every judge of the bench about every vector, compares with the
// answers that are kept, and keeps the new ones in the corpus.
func (c *Corpus) Rejudge(ctx context.Context, bench Bench) (Report, error) {
	judges, missing, err := bench.Find(ctx)
	if err != nil {
		return Report{}, err
	}
	report := Report{Missing: missing}
	silent := map[string]bool{} // labels with answers that nobody of this machine gave
	for _, of := range c.answers() {
		for label := range of {
			silent[label] = bench.wants(label) && bench.Vectors == nil && !bench.NamesOnly
		}
	}
	for _, judge := range judges {
		before := c.answers()
		given, err := c.Ask(ctx, bench, judge)
		if err != nil {
			return Report{}, err
		}
		asked := Asked{Judge: judge.Name}
		for label, n := range given {
			silent[label] = false
			asked.Answers += n
		}
		after := c.answers()
		for _, id := range slices.Sorted(maps.Keys(after)) {
			for label, answer := range after[id] {
				if old, kept := before[id][label]; kept && old != answer {
					asked.Changed = append(asked.Changed, id+" ("+label+")")
				}
			}
		}
		report.Judges = append(report.Judges, asked)
	}
	for _, label := range sorted(silent) {
		if silent[label] {
			report.Missing = append(report.Missing, label+", whose answers are kept")
		}
	}
	return report, nil
}

// answers returns a copy of all answers, by vector.
func (c *Corpus) answers() map[string]Answers {
	all := map[string]Answers{}
	for _, v := range c.Paths {
		all[v.ID] = maps.Clone(v.Answers)
	}
	for _, v := range c.Names {
		all[v.ID] = maps.Clone(v.Answers)
	}
	return all
}

// String is one line a judge.
func (r Report) String() string {
	var out strings.Builder
	for _, asked := range r.Judges {
		fmt.Fprintf(&out, "%-16s %6d answers, %d changed\n", asked.Judge, asked.Answers, len(asked.Changed))
		for _, id := range asked.Changed {
			fmt.Fprintf(&out, "    %s\n", id)
		}
	}
	for _, missing := range r.Missing {
		fmt.Fprintf(&out, "missing: %s\n", missing)
	}
	return out.String()
}

// Err is nil when no answer changed, and where all must be there when none is
// missing.
func (r Report) Err(all bool) error {
	for _, asked := range r.Judges {
		if len(asked.Changed) > 0 {
			return errChanged
		}
	}
	if all && len(r.Missing) > 0 {
		return errMissing
	}
	return nil
}
