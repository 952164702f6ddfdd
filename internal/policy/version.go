package policy

import (
	"regexp"
	"strconv"
	"strings"
)

// Version is a release, or of a number that leaves parts out every release
// that it covers: "5.7" is 5.7.0 and all patches of it, the zero value every
// release. A pre-release such as 5.7.6-rc1 comes before 5.7.6.
type Version struct {
	parts   [4]int
	given   int
	preview string
}

var (
	versionStart  = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z .#_+-]*?)?(\d)`)
	versionNumber = regexp.MustCompile(`^\d+`)
	// A letter alone is a patch of OpenSSL (1.1.1w); with a number it is a
	// pre-release of Python (3.2.0b1).
	versionPreview = regexp.MustCompile(`(?i)^[-.]?(?:(?:alpha|beta|rc|cr|dev|pre|preview|canary|next|snapshot|nightly)[-.]?\d*|[abcm]\d+)`)
)

// ParseVersion reads a version as people write it: "5.7.6", "v1.10.9",
// "42.2.29.jre7", "Python 3.11.2", "1.1.1w". Words before the number, and what
// follows it that is no pre-release, do not count. Empty is every release; a
// text without a number, or a range such as "^8.11", is no version.
func ParseVersion(text string) (v Version, known bool) {
	if text == "" {
		return v, true
	}
	start := versionStart.FindStringSubmatchIndex(text)
	if start == nil {
		return v, false
	}
	for text = text[start[2]:]; v.given < len(v.parts); {
		number := versionNumber.FindString(text)
		n, err := strconv.Atoi(number)
		if err != nil {
			break
		}
		v.parts[v.given], text = n, text[len(number):]
		v.given++
		if v.preview = strings.ToLower(versionPreview.FindString(text)); v.preview != "" {
			break
		}
		rest, more := strings.CutPrefix(text, ".")
		if !more {
			break
		}
		text = rest
	}
	return v, v.given > 0
}

// MustVersion is the release that a rule names: what "5.7" leaves out is zero.
func MustVersion(text string) Version {
	v, known := ParseVersion(text)
	if !known || v.given == 0 {
		panic("no version: " + text)
	}
	return v.first()
}

// first is the first release of those that v covers.
func (v Version) first() Version {
	v.given = max(v.given, 3)
	return v
}

// String writes the version with the parts that it has.
func (v Version) String() string {
	texts := make([]string, v.given)
	for i := range texts {
		texts[i] = strconv.Itoa(v.parts[i])
	}
	return strings.Join(texts, ".") + v.preview
}

// Major is the first number; zero for every release.
func (v Version) Major() int { return v.parts[0] }

// Before says whether all that v covers comes before a release.
func (v Version) Before(release Version) bool {
	for i := range v.given {
		if v.parts[i] != release.parts[i] {
			return v.parts[i] < release.parts[i]
		}
	}
	return v.preview != "" && (release.preview == "" || v.preview < release.preview) && v.given >= release.given
}

// Final is the release that a pre-release comes before; any other version is
// itself.
func (v Version) Final() Version {
	v.preview = ""
	return v
}

// Reaches says whether all that v covers is a release or comes after it.
func (v Version) Reaches(release Version) bool {
	return v.given > 0 && !v.first().Before(release)
}

// Covers says whether a release is among those that v stands for.
func (v Version) Covers(release Version) bool {
	for i := range v.given {
		if v.parts[i] != release.parts[i] {
			return false
		}
	}
	return v.preview == release.preview || v.preview == "" && v.given < release.given
}

// Releases are the releases that the rules of a driver, or of what it runs on,
// cover, with those in which a rule changes.
type Releases struct {
	// Name is the product's, for people.
	Name string
	// Attribute declares the version: driver_version, or runtime_version.
	Attribute string
	oldest    Version
	// beyond is the first release that the rules do not cover; zero is none.
	beyond  Version
	changes []Version
	words   map[Version]string // of changes, as the rules write them
	covered string
}

// NewReleases are the releases from the oldest on that come before beyond,
// which is empty where the rules cover all later ones.
func NewReleases(name, attribute, oldest, beyond string) *Releases {
	r := &Releases{Name: name, Attribute: attribute, oldest: MustVersion(oldest), covered: oldest + " and later", words: map[Version]string{}}
	if beyond != "" {
		r.beyond = MustVersion(beyond)
		r.covered = oldest + " up to (but not including) " + beyond
	}
	r.changes = []Version{r.oldest}
	return r
}

// Change is a release in which a rule changes. Rules compare with nothing
// else, so that no change is overlooked where a version is not declared. It is
// for the start of the program, in rising order.
func (r *Releases) Change(release string) Version {
	v := MustVersion(release)
	if last := r.changes[len(r.changes)-1]; v.Before(last) {
		panic(r.Name + " " + release + " comes before " + last.String())
	}
	r.changes, r.words[v] = append(r.changes, v), release
	return v
}

// From are the releases of r from a later one on.
func (r *Releases) From(oldest string) *Releases {
	later := *r
	later.oldest = MustVersion(oldest)
	later.changes = []Version{later.oldest}
	for _, change := range r.changes {
		if later.oldest.Before(change) {
			later.changes = append(later.changes, change)
		}
	}
	return &later
}

// Covered says in words which releases the rules cover.
func (r *Releases) Covered() string { return r.covered }

// Each is the policy of a client whose version is declared so: that of the
// release, or where it covers several that differ, one for each.
func (r *Releases) Each(declared string, rule func(Version) Policy) Policy {
	v, known := ParseVersion(declared)
	releases := r.among(v)
	if !known || len(releases) == 0 {
		return Policy{Undecided: "the rules cover " + r.Name + " " + r.Covered() + ", not " + Quoted(declared)}
	}
	var policies []Policy
	var first []Version
	for _, release := range releases {
		p, n := rule(release), len(policies)
		if n > 0 && policies[n-1].Does(p) {
			policies[n-1] = p
			continue
		}
		policies, first = append(policies, p), append(first, release)
	}
	if len(policies) == 1 {
		return policies[0]
	}
	open := Policy{Reason: ReasonVersionNotDeclared, Undecided: "the outcome depends on the exact release of " + r.Name + ", which is not declared (" + r.Attribute + ")"}
	for i, p := range policies {
		label := r.Name
		if i > 0 {
			label += " " + r.words[first[i]] + " and later"
		}
		if i < len(policies)-1 {
			if i > 0 {
				label += ", but"
			}
			label += " before " + r.words[first[i+1]]
		}
		open.Alternatives = append(open.Alternatives, Alternative{If: label, Policy: p})
	}
	return open
}

// among are the releases with rules of their own that a version covers.
func (r *Releases) among(v Version) []Version {
	var found []Version
	if v.given > 0 && !v.Before(r.oldest) && (r.beyond.given == 0 || v.Before(r.beyond)) && !v.Covers(r.oldest) {
		found = append(found, v.first())
	}
	for _, change := range r.changes {
		if v.Covers(change) && (len(found) == 0 || found[len(found)-1].Before(change)) {
			found = append(found, change)
		}
	}
	return found
}
