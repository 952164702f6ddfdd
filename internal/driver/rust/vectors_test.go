package rust_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver/drivertest"
)

func TestVectors(t *testing.T) { drivertest.Vectors(t) } //nolint:paralleltest // It is one test.
