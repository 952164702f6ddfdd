package frameworks

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// ofFrameworks is the part of the cache that is theirs.
func ofFrameworks(cache string) string { return filepath.Join(cache, "frameworks") }

// Missing lists what the judge lacks to be started; empty when it is installed.
func (j Judge) Missing(ctx context.Context, cache string) []string {
	return j.Needs.Missing(ctx, ofFrameworks(cache))
}

// Install brings what the judge lacks into the cache, by name and through the
// package managers. For Debian's packages see [judge.InstallDebian].
func (j Judge) Install(ctx context.Context, folder, cache string, log io.Writer) error {
	err := j.Needs.Install(ctx, ofFrameworks(cache), log, func(manager, dir string) error {
		if manager != "maven" {
			return nil
		}
		// The classes of the runner, a driver that records among them.
		sources, err := filepath.Abs(filepath.Join(folder, "runners", "jvm"))
		if err != nil {
			return fmt.Errorf("sources of the runner: %w", err)
		}
		return judge.Run(ctx, log, dir, nil, "javac", "-cp", j.classPath(cache), "-d", filepath.Join(dir, "classes"),
			filepath.Join(sources, "Runner.java"), filepath.Join(sources, "org", "postgresql", "Driver.java"))
	})
	if err == nil && len(j.Missing(ctx, cache)) > 0 {
		err = fmt.Errorf("it lacks %v", j.Missing(ctx, cache))
	}
	return err
}

// classPath is the recorder's classes before everything else.
func (j Judge) classPath(cache string) string {
	packages := j.Packages("maven")
	return filepath.Join(packages.Dir(ofFrameworks(cache)), "classes") + string(os.PathListSeparator) + packages.ClassPath(ofFrameworks(cache))
}
