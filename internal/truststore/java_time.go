package truststore

import (
	"strings"
	"time"
)

// JavaTime reads the text of a UTCTime or GeneralizedTime as Java does: seconds
// may be left out, an offset may stand in the place of Z, and a
// GeneralizedTime may have a fraction of a second. A day that its month does not
// have is one of the next month.
//
// Source: OpenJDK 17 and 25, sun.security.util.DerInputBuffer and DerValue,
// getTimeInternal.
func JavaTime(generalized bool, text string) (time.Time, bool) {
	pick := func(size int) (number int, ok bool) {
		if len(text) < size {
			return 0, false
		}
		for _, digit := range []byte(text[:size]) {
			if digit < '0' || digit > '9' {
				return 0, false
			}
			number = number*10 + int(digit-'0')
		}
		text = text[size:]
		return number, true
	}
	yearSize, longest := 2, 17
	if generalized {
		yearSize, longest = 4, len(text)
	}
	if len(text) < yearSize+9 || len(text) > longest {
		return time.Time{}, false
	}
	var parts [6]int // year, month, day, hour, minute, second
	for i, size := range []int{yearSize, 2, 2, 2, 2, 2} {
		var ok bool
		if i == 5 && len(text) <= 2 {
			continue
		}
		if parts[i], ok = pick(size); !ok {
			return time.Time{}, false
		}
	}
	year, month, day, hour, minute, second := parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]
	if !generalized && year < 50 {
		year += 2000
	} else if !generalized {
		year += 1900
	}
	var fraction time.Duration
	if generalized && strings.HasPrefix(text, ".") || generalized && strings.HasPrefix(text, ",") {
		end := strings.IndexAny(text, "Z+-")
		if end < 2 || strings.Trim(text[1:end], "0123456789") != "" {
			return time.Time{}, false
		}
		for i, unit := 1, 100*time.Millisecond; i < min(end, 4); i, unit = i+1, unit/10 {
			fraction += unit * time.Duration(text[i]-'0')
		}
		text = text[end:]
	}
	if month == 0 || day == 0 || month > 12 || day > 31 || hour >= 24 || minute >= 60 || second >= 60 {
		return time.Time{}, false
	}
	offset, ok := javaOffset(text)
	return time.Date(year, time.Month(month), day, hour, minute, second, int(fraction), time.UTC).Add(-offset), ok
}

// javaOffset reads what follows the second.
func javaOffset(text string) (time.Duration, bool) {
	if text == "Z" {
		return 0, true
	}
	if len(text) != 5 || (text[0] != '+' && text[0] != '-') || strings.Trim(text[1:], "0123456789") != "" {
		return 0, false
	}
	hours, minutes := int(text[1]-'0')*10+int(text[2]-'0'), int(text[3]-'0')*10+int(text[4]-'0')
	offset := time.Duration(hours*60+minutes) * time.Minute
	if text[0] == '-' {
		offset = -offset
	}
	return offset, hours < 24 && minutes < 60
}
