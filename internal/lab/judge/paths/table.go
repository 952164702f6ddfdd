package paths

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// table is a file of answers: the judges, each different answer and each
// different expectation once, and for each vector the numbers of both, judge by
// judge. "7*3" is the number 7 three times, "-" is no answer.
type table struct {
	judges   []string
	given    []Answer
	expected []Expectation
	lines    []tableLine
	byID     map[string]int
}

type tableLine struct {
	id               string
	answers, expects []int
}

// none is the number of no answer.
const none = -1

func readTable(folder fs.FS, name string) (*table, error) {
	content, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, err
	}
	t := &table{byID: map[string]int{}}
	for number, line := range strings.Split(strings.TrimSuffix(string(content), "\n"), "\n") {
		if err := t.read(strings.Split(line, "\t")); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number+1, err)
		}
	}
	return t, nil
}

func (t *table) read(fields []string) error {
	if len(fields) < 2 {
		return errBroken
	}
	switch fields[0] {
	case "judges":
		t.judges = fields[1:]
	case "answer":
		return readJSON(fields[1], &t.given)
	case "expect":
		return readJSON(fields[1], &t.expected)
	case "vector":
		if len(fields) != 4 {
			return errBroken
		}
		line := tableLine{id: fields[1]}
		var err error
		if line.answers, err = unpack(fields[2], len(t.given)); err != nil {
			return err
		}
		if line.expects, err = unpack(fields[3], len(t.expected)); err != nil {
			return err
		}
		if len(line.answers) > len(t.judges) || len(line.expects) > len(t.judges) {
			return errBroken
		}
		t.byID[line.id] = len(t.lines)
		t.lines = append(t.lines, line)
	default:
		return errBroken
	}
	return nil
}

// readJSON adds what a text says to a list.
func readJSON[V any](text string, list *[]V) error {
	*list = append(*list, *new(V))
	return json.Unmarshal([]byte(text), &(*list)[len(*list)-1])
}

// answers returns what is kept of a vector.
func (t *table) answers(id string) (Answers, map[string]Expectation) {
	given, expected := Answers{}, map[string]Expectation{}
	at, there := t.byID[id]
	if !there {
		return given, expected
	}
	for i, n := range t.lines[at].answers {
		if n != none {
			given[t.judges[i]] = t.given[n]
		}
	}
	for i, n := range t.lines[at].expects {
		if n != none {
			expected[t.judges[i]] = t.expected[n]
		}
	}
	return given, expected
}

func (t *table) add(id string, given Answers, expected map[string]Expectation) {
	line := tableLine{id: id}
	for _, judge := range t.judges {
		line.answers, line.expects = append(line.answers, none), append(line.expects, none)
		last := len(line.answers) - 1
		if a, there := given[judge]; there {
			line.answers[last] = number(&t.given, a)
		}
		if e, there := expected[judge]; there {
			line.expects[last] = number(&t.expected, e)
		}
	}
	t.lines = append(t.lines, line)
}

// number returns the place of a value in a list, which it is added to.
func number[V comparable](list *[]V, value V) int {
	if i := slices.Index(*list, value); i >= 0 {
		return i
	}
	*list = append(*list, value)
	return len(*list) - 1
}

func (t *table) write(file string) error {
	var out bytes.Buffer
	out.WriteString("judges\t" + strings.Join(t.judges, "\t") + "\n")
	for _, a := range t.given {
		if err := writeJSON(&out, "answer", a); err != nil {
			return err
		}
	}
	for _, e := range t.expected {
		if err := writeJSON(&out, "expect", e); err != nil {
			return err
		}
	}
	for _, line := range t.lines {
		fmt.Fprintf(&out, "vector\t%s\t%s\t%s\n", line.id, pack(line.answers), pack(line.expects))
	}
	return os.WriteFile(filepath.Clean(file), out.Bytes(), 0o600)
}

func writeJSON(out *bytes.Buffer, kind string, value any) error {
	out.WriteString(kind + "\t")
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

func pack(numbers []int) string {
	var words []string
	for start := 0; start < len(numbers); {
		end := start
		for end < len(numbers) && numbers[end] == numbers[start] {
			end++
		}
		word := strconv.Itoa(numbers[start])
		if numbers[start] == none {
			word = "-"
		}
		if end-start > 1 {
			word += "*" + strconv.Itoa(end-start)
		}
		words = append(words, word)
		start = end
	}
	return strings.Join(words, " ")
}

func unpack(text string, known int) ([]int, error) {
	const most = 1000
	var numbers []int
	for word := range strings.FieldsSeq(text) {
		word, times, repeated := strings.Cut(word, "*")
		n, count := none, 1
		var err error
		if word != "-" {
			if n, err = strconv.Atoi(word); err != nil || n < 0 || n >= known {
				return nil, errBroken
			}
		}
		if repeated {
			if count, err = strconv.Atoi(times); err != nil || count < 0 || count > most {
				return nil, errBroken
			}
		}
		for range count {
			numbers = append(numbers, n)
		}
	}
	return numbers, nil
}

// Save writes the vectors into a folder.
func (c *Corpus) Save(folder string) error {
	ofPaths, ofNames := Answers{}, Answers{}
	for _, v := range c.Paths {
		maps.Copy(ofPaths, v.Answers)
	}
	for _, v := range c.Names {
		maps.Copy(ofNames, v.Answers)
	}
	paths, names := &table{judges: sorted(ofPaths)}, &table{judges: sorted(ofNames)}
	for _, v := range c.Paths {
		paths.add(v.ID, v.Answers, v.Expected)
	}
	for _, v := range c.Names {
		names.add(v.ID, v.Answers, nil)
	}
	return errors.Join(paths.write(filepath.Join(folder, pathsFile)), names.write(filepath.Join(folder, namesFile)))
}

// sorted returns the keys of a table in their order.
func sorted[V any](table map[string]V) []string { return slices.Sorted(maps.Keys(table)) }
