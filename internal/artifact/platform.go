package artifact

import (
	"fmt"
	"strings"
)

// platform is what an image is for, or wanted for: then an empty variant is any.
type platform struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Variant      string `json:"variant"`
}

func parsePlatform(text string) (platform, error) {
	if text == "" {
		text = "linux/amd64"
	}
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 || parts[0] == "" || parts[1] == "" {
		return platform{}, fmt.Errorf("%w: %q does not have the form os/architecture (example: linux/arm64)", ErrInvalidPlatform, text)
	}
	if parts[0] != "linux" {
		return platform{}, fmt.Errorf("%w: only images for linux are read, not for %s", ErrInvalidPlatform, parts[0])
	}
	p := platform{OS: parts[0], Architecture: parts[1]}
	if len(parts) == 3 {
		p.Variant = parts[2]
	}
	return p, nil
}

// String is os/architecture, with the variant if there is one.
func (p platform) String() string {
	if p.OS == "" && p.Architecture == "" {
		return "an unstated platform"
	}
	text := printable(p.OS) + "/" + printable(p.Architecture)
	if p.Variant != "" {
		text += "/" + printable(p.Variant)
	}
	return text
}

func (p platform) matches(other platform) bool {
	return p.OS == other.OS && p.Architecture == other.Architecture && (p.Variant == "" || other.Variant == "" || p.Variant == other.Variant)
}

// among returns the index's entry for the platform, else the only nested index
// without one.
func (p platform) among(all []descriptor) (descriptor, error) {
	var offered []string
	var nested []descriptor
	for _, d := range all {
		switch {
		case d.Platform == nil && strings.Contains(d.MediaType, "index"), d.Platform == nil && strings.Contains(d.MediaType, "list"), d.Platform == nil && len(all) == 1:
			nested = append(nested, d)
		case d.Platform == nil:
		case p.matches(*d.Platform):
			return d, nil
		case d.Platform.OS != "unknown": // An attestation.
			offered = append(offered, d.Platform.String())
		}
	}
	if len(nested) == 1 {
		return nested[0], nil
	}
	const shown = 12
	if len(offered) > shown {
		offered = append(offered[:shown], "…")
	}
	return descriptor{}, fmt.Errorf("%w: %s is requested, but the index has %s", ErrPlatform, p, orNothing(offered))
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
