package connlog

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// clock turns the log's times into times.
type clock struct {
	location *time.Location
	// second and at remember the last second that was asked for: a log has
	// many lines of each.
	second []byte
	at     time.Time
}

// read takes what endOfTime and endOfEpoch let through. It does not take a zone
// that is neither UTC nor the abbreviation that the location had at that time:
// the time would be off by hours.
func (c *clock) read(text []byte) (time.Time, bool) {
	if !bytes.Contains(text, []byte{' '}) {
		return readEpoch(text)
	}
	const second = len("2006-01-02 15:04:05")
	if len(text) <= second {
		return time.Time{}, false
	}
	var milliseconds time.Duration
	zone := text[second:]
	if zone[0] == '.' {
		end := 1 + endWhile(zone[1:], isDigit)
		fraction, err := strconv.ParseFloat("0"+string(zone[:end]), 64)
		if err != nil {
			return time.Time{}, false
		}
		milliseconds = time.Duration(fraction*1e3+0.5) * time.Millisecond
		zone = zone[end:]
	}
	if len(c.second) != second+len(zone) || !bytes.Equal(c.second[:second], text[:second]) || !bytes.Equal(c.second[second:], zone) {
		at, is := c.resolve(string(text[:second]), strings.TrimSpace(string(zone)))
		if !is {
			return time.Time{}, false
		}
		c.at = at
		c.second = append(append(c.second[:0], text[:second]...), zone...)
	}
	return c.at.Add(milliseconds), true
}

// resolve finds the instant that a clock of the zone showed. In the hour that
// comes twice, the abbreviation says which one is meant.
func (c *clock) resolve(wall, zone string) (time.Time, bool) {
	asUTC, err := time.Parse(time.DateTime, wall)
	if err != nil {
		return time.Time{}, false
	}
	switch zone {
	case "UTC", "GMT", "Z", "+00":
		return asUTC, true
	}
	if c.location == nil {
		return time.Time{}, false
	}
	for _, shift := range []time.Duration{0, -24 * time.Hour, 24 * time.Hour} {
		_, offset := asUTC.Add(shift).In(c.location).Zone()
		at := asUTC.Add(-time.Duration(offset) * time.Second)
		local := at.In(c.location)
		if name, _ := local.Zone(); name == zone && local.Format(time.DateTime) == wall {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

func readEpoch(text []byte) (time.Time, bool) {
	seconds, fraction, _ := strings.Cut(string(text), ".")
	whole, err := strconv.ParseInt(seconds, 10, 64)
	milliseconds, err2 := strconv.ParseInt("0"+fraction, 10, 64)
	if err != nil || err2 != nil || whole > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(whole, milliseconds*int64(time.Millisecond)).UTC(), true
}
