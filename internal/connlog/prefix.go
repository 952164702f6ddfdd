package connlog

import (
	"bytes"
	"fmt"
	"slices"
)

// longestName is how many octets of a user or database name the server keeps
// of what a client sends, and so how many a prefix has of each.
//
// Source: NAMEDATALEN - 1; ProcessStartupPacket cuts the names before anything
// is logged. Observed on 10 to 18 with names of 100 octets.
const longestName = 63

// maxReadings bounds the work on one line: more ways to begin reading it than
// this do not occur in a line that the server wrote.
const maxReadings = 256

// Prefix is a log_line_prefix, taken apart.
type Prefix struct {
	items []item
	// always is how many items a line has that belongs to no session: those
	// before %q.
	always int
}

// item is a literal text or an escape.
type item struct {
	literal []byte
	escape  *escape
	pad     int // width; negative is left-aligned, zero is none
}

// escape is one escape of log_line_prefix.
type escape struct {
	letter byte
	// end returns where the value ends that begins text, or -1. Nil is a name
	// that the client chose: it may hold anything, and ends where what follows
	// in the prefix can begin.
	end func(text []byte) int
	// set keeps the value; nil is for those that nobody needs.
	set func(r *reading, value []byte)
	// longest is the length of a name.
	longest int
	// is, where there is one, is all that the name may be.
	is func(name []byte) bool
}

// hostBefore is %h or %L where an address may go on as what follows begins: both
// have colons.
func hostBefore(e *escape) *escape {
	return &escape{letter: e.letter, set: e.set, longest: longestHost, is: isHost}
}

// escapes has an entry for each escape that PostgreSQL 9.6 to 18 know.
//
// Source: PostgreSQL 18, error reporting and logging, log_line_prefix, and
// log_status_format of elog.c.
var escapes = []escape{
	{letter: 'a', longest: MaxLine}, // cleaned by the server, but of any length before 18
	{letter: 'u', longest: longestName, set: func(r *reading, v []byte) { r.user, r.hasUser = v, true }},
	{letter: 'd', longest: longestName, set: func(r *reading, v []byte) { r.database, r.hasDatabase = v, true }},
	{letter: 'r', end: endOfRemote, set: setRemote},
	{letter: 'h', end: endOfHost, set: func(r *reading, v []byte) { r.host, r.hasHost = v, true }},
	{letter: 'L', end: endOfHost},
	{letter: 'b', end: endOfWords},
	{letter: 'p', end: endOfDigits, set: func(r *reading, v []byte) { r.pid = number(v) }},
	{letter: 'P', end: optional(endOfDigits)},
	{letter: 't', end: endOfTime(false), set: setTime},
	{letter: 'm', end: endOfTime(true), set: setTime},
	{letter: 'n', end: endOfEpoch, set: setTime},
	{letter: 'i', end: endOfWords},
	{letter: 'e', end: endOfSQLState},
	{letter: 'c', end: endOfSession, set: setSession},
	{letter: 'l', end: endOfDigits},
	{letter: 's', end: endOfTime(false)},
	{letter: 'v', end: optional(endOfTransaction)},
	{letter: 'x', end: endOfDigits},
	{letter: 'Q', end: endOfSigned},
}

// ParsePrefix takes a log_line_prefix apart. The error wraps [ErrPrefix] for an
// escape that PostgreSQL does not have, and for a prefix without a time (%t, %m
// or %n) or a process (%p or %c), from which nothing could be put together.
func ParsePrefix(text string) (Prefix, error) {
	p := Prefix{always: -1}
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			p.addLiteral(text[i])
			continue
		}
		if i++; i == len(text) {
			break // The server leaves out a last lone percent sign, too.
		}
		pad, after := padding(text[i:])
		if i += after; i >= len(text) {
			break
		}
		switch letter := text[i]; letter {
		case '%':
			p.addLiteral('%')
		case 'q':
			if p.always < 0 {
				p.always = len(p.items)
			}
		default:
			at := slices.IndexFunc(escapes, func(e escape) bool { return e.letter == letter })
			if at < 0 {
				return Prefix{}, fmt.Errorf("%w: %q has the escape %%%c, which PostgreSQL does not know", ErrPrefix, text, letter)
			}
			p.items = append(p.items, item{escape: &escapes[at], pad: pad})
		}
	}
	if p.always < 0 {
		p.always = len(p.items)
	}
	for i := range p.items[:max(len(p.items)-1, 0)] {
		e, next := p.items[i].escape, p.items[i+1].literal
		if e != nil && (e.letter == 'h' || e.letter == 'L') && len(next) > 0 && isHostOctet(next[0]) {
			p.items[i].escape = hostBefore(e)
		}
	}
	if !p.has("tmn") || !p.has("pc") {
		return Prefix{}, fmt.Errorf("%w: %q needs an escape for the time (%%t, %%m or %%n) and one for the process (%%p or %%c)", ErrPrefix, text)
	}
	return p, nil
}

// padding reads the width between the percent sign and the letter.
func padding(text string) (width, length int) {
	sign := 1
	if text[0] == '-' {
		sign, length = -1, 1
	}
	for length < len(text) && text[length] >= '0' && text[length] <= '9' && width < 1000 {
		width = width*10 + int(text[length]-'0')
		length++
	}
	return sign * width, length
}

func (p *Prefix) addLiteral(c byte) {
	last := len(p.items) - 1
	if last < 0 || p.items[last].escape != nil || p.always == len(p.items) {
		p.items = append(p.items, item{literal: []byte{c}})
		return
	}
	p.items[last].literal = append(p.items[last].literal, c)
}

func (p Prefix) has(letters string) bool {
	return slices.ContainsFunc(p.items[:p.always], func(i item) bool {
		return i.escape != nil && bytes.IndexByte([]byte(letters), i.escape.letter) >= 0
	})
}

// reading is one way to read the beginning of a line.
type reading struct {
	user, database, host, port, time, session  []byte
	hasUser, hasDatabase, hasHost, wholePrefix bool
	pid                                        int64
	severity                                   severity
	message                                    []byte
}

// readings calls visit for each way in which a line can be read, and reports
// false if there are too many.
func (p Prefix) readings(line []byte, visit func(r *reading)) bool {
	steps := 0
	r := reading{wholePrefix: true}
	p.read(p.items, line, &r, &steps, visit)
	if p.always < len(p.items) {
		r = reading{}
		p.read(p.items[:p.always], line, &r, &steps, visit)
	}
	return steps < maxReadings
}

// read matches items at the beginning of text. After a name there may be
// several ways to go on.
func (p Prefix) read(items []item, text []byte, r *reading, steps *int, visit func(r *reading)) {
	n, text, is := readFixed(items, text, r)
	switch {
	case !is:
	case n < len(items):
		p.readName(items[n:], text, r, steps, visit)
	default:
		if r.severity, r.message, is = cutSeverity(text); is {
			visit(r)
		}
	}
}

// readFixed matches the items before the first name, the only kind of item whose end is
// not known, and returns how many they are.
func readFixed(items []item, text []byte, r *reading) (int, []byte, bool) {
	for n, it := range items {
		switch {
		case it.escape == nil:
			rest, is := bytes.CutPrefix(text, it.literal)
			if !is {
				return n, nil, false
			}
			text = rest
		case it.escape.end == nil:
			return n, text, true
		default:
			value, rest, is := it.value(text)
			if !is {
				return n, nil, false
			}
			if it.escape.set != nil {
				it.escape.set(r, value)
			}
			text = rest
		}
	}
	return len(items), text, true
}

// readName tries each end that a name may have.
func (p Prefix) readName(items []item, text []byte, r *reading, steps *int, visit func(r *reading)) {
	name, following := items[0], items[1:]
	longest := min(max(name.escape.longest, name.pad, -name.pad), len(text))
	for end := 0; end <= longest; end++ {
		if len(following) > 0 && following[0].escape == nil {
			// What follows is a literal: go where it is next.
			next := bytes.Index(text[end:min(len(text), longest+len(following[0].literal))], following[0].literal)
			if next < 0 {
				return
			}
			end += next
		} else if len(following) == 0 {
			next := nextSeverity(text[end:])
			if next < 0 {
				return
			}
			end += next
		}
		if end > longest {
			return
		}
		if *steps++; *steps >= maxReadings {
			return
		}
		if name.escape.is != nil && !name.escape.is(bytes.TrimSpace(text[:end])) {
			continue
		}
		branch := *r
		if name.escape.set != nil {
			value := text[:end]
			switch {
			case name.pad > 0:
				value = bytes.TrimLeft(value, " ")
			case name.pad < 0:
				value = bytes.TrimRight(value, " ")
			}
			name.escape.set(&branch, value)
		}
		p.read(following, text[end:], &branch, steps, visit)
	}
}

// begins returns how much of a line is the prefix up to the first name, or -1.
func (p Prefix) begins(line []byte) int {
	n, rest, is := readFixed(p.items, line, &reading{})
	if !is || n == len(p.items) {
		return -1
	}
	return len(line) - len(rest)
}

// value cuts the escape's value off, and what it is padded with.
func (i item) value(text []byte) (value, rest []byte, is bool) {
	if i.pad > 0 {
		text = bytes.TrimLeft(text, " ")
	}
	end := i.escape.end(text)
	if end < 0 {
		return nil, nil, false
	}
	value, rest = text[:end], text[end:]
	for width := end; i.pad < 0 && width < -i.pad && len(rest) > 0 && rest[0] == ' '; width++ {
		rest = rest[1:]
	}
	return value, rest, true
}
