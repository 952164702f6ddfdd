package beam_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/vectors"
)

func TestVectors(t *testing.T) { vectors.Run(t) } //nolint:paralleltest // It is one test.
