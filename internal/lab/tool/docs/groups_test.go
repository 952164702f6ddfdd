package main

import (
	"strings"
	"testing"
)

func TestListsAreInGroups(t *testing.T) {
	t.Parallel()
	s := section{[]string{"### Schema for `a`\n", "Optional:\n"}, []group{{"First", []string{"z", "gone"}}, {"Empty", []string{"gone"}}, {"Second", []string{"a", "b"}}}}
	const page = "Optional:\n\n- `x` no\n\n### Schema for `a`\n\nOptional:\n\n> A note\n\n- `a` (String) One.\n- `b` Two.\n- `z` Three.\n\n### Next\n"
	const want = "Optional:\n\n- `x` no\n\n### Schema for `a`\n\nOptional:\n\n> A note\n\n**First**\n\n- `z` Three.\n\n**Second**\n\n- `a` (String) One.\n- `b` Two.\n\n### Next\n"
	if got, err := s.grouped(page); err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
	if _, err := s.grouped(strings.Replace(page, "`b`", "`c`", 1)); err == nil || !strings.Contains(err.Error(), "c is in no group") {
		t.Errorf("an argument without a group: %v", err)
	}
	for _, missing := range []string{"Optional:\n\n> A note\n\n- `a` (String) One.\n- `b` Two.\n- `z` Three.\n", "- `a` (String) One.\n- `b` Two.\n- `z` Three.\n"} {
		if _, err := s.grouped(strings.Replace(page, missing, "", 1)); err == nil {
			t.Errorf("a page without %q is taken", missing)
		}
	}
}
