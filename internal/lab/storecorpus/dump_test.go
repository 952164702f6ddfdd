package storecorpus_test

import (
	"os"
	"path/filepath"
	"testing"
	"fmt"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

func TestDump(t *testing.T) {
	files, _ := filepath.Glob(os.Getenv("HUNT"))
	for _, f := range files {
		b, _ := os.ReadFile(f)
		c, err := truststore.Inspect(b, truststore.InspectOptions{Password: new("changeit")})
		codes := map[string]int{}
		for _, p := range c.Problems { codes[p.Code]++ }
		fmt.Println(filepath.Base(f), c.Format, len(c.Entries), len(c.Anchors.OpenSSL), len(c.Anchors.Java), len(c.Anchors.Go), codes, err)
	}
}
