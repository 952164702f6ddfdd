// Package spoiled makes texts with certificates that are spoiled in every way
// that a reader of PEM may look at, and keeps what readers say of them.
package spoiled

import (
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
)

// Text is one spoiled text. Base, Way and Place name it.
type Text struct {
	Base    string // the text that was spoiled
	Way     string // what was done to it
	Place   string // where: the offset, or a number that the way says
	Content []byte
}

// Name is unique.
func (t Text) Name() string { return t.Base + "\t" + t.Way + "\t" + t.Place }

// characters are put into texts: line ends and white space by various
// definitions, parts of PEM lines, digits of base64, and bytes beyond ASCII.
var characters = []string{"\x00", "\t", "\v", "\f", "\r", "\n", " ", "-", "=", ":", "A", "é", "\x80", "\x1c", "\xff"}

// few are enough where a place is like another, and two where the text is too.
var few, two = []string{"\x00", "\r", "\n", " ", "-", "A"}, []string{"\n", "-"}

// Texts makes all texts. The same certificates give the same texts.
func Texts(of Certificates) []Text {
	c := collection{seen: make(map[string]bool)}
	first, second := block("CERTIFICATE", of.First), block("CERTIFICATE", of.Second)
	c.add("two", "whole", 0, first+second)
	ends, others := places(first)
	for _, at := range ends {
		c.edit("two", "", first, second, at, characters)
		c.add("two", "cut", at, first[:at])
	}
	for _, at := range others {
		c.edit("two", "", first, second, at, two)
	}
	for _, base := range []struct {
		name, before, spoiled, after string
		characters                   []string
	}{
		{"last", first, second, "", two},
		{"trusted", "", block("TRUSTED CERTIFICATE", append(slices.Clone(of.First), serverTrust...)), second, two},
		{"old label", "", block("X509 CERTIFICATE", of.First), second, two},
		{"header", "", strings.Replace(first, "E-----\n", "E-----\nX: y\n\n", 1), second, two},
		{"encrypted", "", strings.Replace(first, "E-----\n", "E-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: RC4\n\n", 1), second, two},
		{"comment", first, "# text\n", second, few},
		{"key", first, block("PRIVATE KEY", privateKey), second, two},
		{"indefinite", "", block("CERTIFICATE", indefinite(0x30, of.First)), second, two},
		{"pkcs7", "", block("PKCS7", pkcs7(of.First)), second, two},
		{"no end", "", first[:strings.Index(first, "-----END")], second, two},
		{"unknown", first, block("FOO", []byte("bar")), second, two},
	} {
		c.add(base.name, "whole", 0, base.before+base.spoiled+base.after)
		ends, _ := places(base.spoiled)
		for _, at := range ends {
			c.edit(base.name, base.before, base.spoiled, base.after, at, base.characters)
			c.add(base.name, "cut", at, base.before+base.spoiled[:at])
		}
	}
	c.layouts(first, second)
	c.padding(of)
	c.elements(of)
	c.lists(second)
	return c.texts
}

func block(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

// collection keeps each text once, by its first name.
type collection struct {
	texts []Text
	seen  map[string]bool
}

func (c *collection) add(base, way string, place int, content string) {
	if !c.seen[content] {
		c.seen[content] = true
		c.texts = append(c.texts, Text{base, way, fmt.Sprint(place), []byte(content)})
	}
}

// edit changes one place of a text between two others.
func (c *collection) edit(base, before, text, after string, at int, characters []string) {
	put := func(way, middle string, from int) { c.add(base, way, at, before+text[:at]+middle+text[from:]+after) }
	for _, character := range characters {
		put(fmt.Sprintf("insert %q", character), character, at)
		if at < len(text) {
			put(fmt.Sprintf("replace %q", character), character, at+1)
		}
	}
	if at < len(text) {
		put("delete", "", at+1)
		put("double", text[at:at+1], at)
	}
}

// places are the offsets at which something may begin or end to a reader, and
// the others in the lines with hyphens. Of the other lines, only the first two
// and the last before such a line are looked at.
func places(text string) (ends, others []int) {
	start, data := 0, 0
	for line := range strings.Lines(text) {
		length := len(strings.TrimSuffix(line, "\n"))
		next := start + len(line)
		if strings.HasPrefix(line, "-----") {
			data = 0
			blank, label := strings.IndexByte(line, ' '), len(strings.TrimRight(line, "-\n"))
			for i := range length + 1 {
				if slices.Contains([]int{0, 1, 4, 5, blank - 1, blank, blank + 1, label - 1, label, label + 1, length - 1, length}, i) {
					ends = append(ends, start+i)
				} else {
					others = append(others, start+i)
				}
			}
		} else if data++; data <= 2 || next == len(text) || strings.HasPrefix(text[next:], "-----") {
			ends = append(ends, start, start+length-1, start+length)
		}
		start = next
	}
	slices.Sort(ends)
	return slices.Compact(append(ends, len(text))), others
}
