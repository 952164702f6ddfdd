package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// group are arguments or outputs that belong together.
type group struct {
	title string
	names []string
}

// section is a list of a page, which begins after these lines, one after the
// other.
type section struct {
	after  []string
	groups []group
}

// judgementPages are of what has too many arguments for one list.
var judgementPages = []string{"resources/trust_store_validation.md", "data-sources/readiness.md"}

func judgementSections() []section {
	return []section{
		{[]string{"### Optional\n"}, []group{
			{"The DB instance", []string{"db_instance_identifier", "region", "host", "current_ca_cert_identifier", "force_ssl", "server_tls"}},
			{"What blocks the switch", []string{"on_unready", "on_undeclared", "on_indeterminate", "waivers", "minimum_validity"}},
			{"Who was seen", []string{"observations"}},
			{"What the server presents, if you know more than RDS reports", []string{"canary_server_certificate_chain_pem", "server_certificate_chain_pem", "current_server_certificate_chain_pem"}},
			{"What is reported", []string{"details", "apply_immediately", "evaluation_time"}},
		}},
		{[]string{"### Read-Only\n"}, []group{
			{"The decision", []string{"ready", "ca_cert_identifier", "summary"}},
			{"The clients", []string{"verdicts", "findings", "report", "coverage", "drafts"}},
			{"The switch", []string{"rotation", "target_root_sha256", "evaluated_at"}},
		}},
		{[]string{"### Nested Schema for `clients`\n", "Optional:\n"}, []group{
			{"Settings", []string{"connection", "environment", "properties", "framework"}},
			{"Files", []string{"trust_store", "files"}},
			{"Versions", []string{"driver_version", "runtime_version"}},
			{"What is deployed", []string{"image", "archives", "platform", "command", "limits"}},
			{"How the client connects, and which sessions are its own", []string{"via", "match"}},
		}},
	}
}

// groupArguments puts the long lists of the reference into groups.
func groupArguments(docs string) error {
	for _, page := range judgementPages {
		if err := rewrite(filepath.Join(docs, filepath.FromSlash(page)), func(text string) (string, error) {
			var err error
			for _, s := range judgementSections() {
				if text, err = s.grouped(text); err != nil {
					return "", err
				}
			}
			return text, nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// grouped is a page whose list is in groups. What the page does not have is left
// out, and what is in no group is an error.
func (s section) grouped(page string) (string, error) {
	at := 0
	for _, line := range s.after {
		found := strings.Index(page[at:], line)
		if found < 0 {
			return "", fmt.Errorf("the page has no %q", line)
		}
		at += found + len(line)
	}
	begin := strings.Index(page[at:], "\n- `")
	if begin < 0 {
		return "", fmt.Errorf("the page has no list after %q", s.after)
	}
	begin += at + 1
	end, items := begin, map[string]string{}
	for line := range strings.Lines(page[begin:]) {
		name, _, found := strings.Cut(strings.TrimPrefix(line, "- `"), "`")
		if !strings.HasPrefix(line, "- `") || !found {
			break
		}
		items[name], end = line, end+len(line)
	}
	var b strings.Builder
	for _, g := range s.groups {
		var list strings.Builder
		for _, name := range g.names {
			list.WriteString(items[name])
			delete(items, name)
		}
		if list.Len() > 0 {
			fmt.Fprintf(&b, "**%s**\n\n%s\n", g.title, list.String())
		}
	}
	for name := range items {
		return "", fmt.Errorf("%s is in no group of %q", name, s.after)
	}
	return page[:begin] + strings.TrimSuffix(b.String(), "\n") + page[end:], nil
}
