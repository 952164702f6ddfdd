// Command lograce reads one log file with package connlog and with pgbadger, in
// one run, and prints the times and the memory of both.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

const rdsPrefix = "%t:%r:%u@%d:[%p]:"

// What connlog has to hold.
const (
	minRatio  = 20
	maxMemory = 100 << 20
)

func main() {
	size := flag.Int64("megabytes", 1024, "size of the log")
	only := flag.String("only", "", "read this file with connlog, and nothing else")
	flag.Parse()
	command.Main("lograce", func(ctx context.Context, dir string) error {
		if *only != "" {
			return read(*only)
		}
		return race(ctx, dir, *size<<20)
	})
}

func race(ctx context.Context, dir string, size int64) error {
	file := filepath.Join(dir, "postgresql.log")
	sessions, err := write(file, size)
	if err != nil {
		return err
	}
	fmt.Printf("%d MB of log, %d sessions\n", size>>20, sessions)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	said, ours, err := command.Measure(exec.CommandContext(ctx, self, "-only", file))
	if err != nil {
		return err
	}
	fmt.Printf("%sconnlog   %8.1f s CPU, %4d MiB\n", said, ours.CPU.Seconds(), ours.Memory>>20)
	_, theirs, err := command.Measure(exec.CommandContext(ctx, "pgbadger", "--quiet", "--format", "rds", "--prefix", rdsPrefix, "--outfile", filepath.Join(dir, "out.json"), file))
	if err != nil {
		return err
	}
	ratio := theirs.CPU.Seconds() / ours.CPU.Seconds()
	fmt.Printf("pgbadger  %8.1f s CPU, %4d MiB\nconnlog is %.0f times faster\n", theirs.CPU.Seconds(), theirs.Memory>>20, ratio)
	if ratio < minRatio || ours.Memory > maxMemory {
		return errors.New("connlog does not hold its bars")
	}
	return nil
}

// read is what the provider does with a file.
func read(name string) error {
	prefix, err := connlog.ParsePrefix(rdsPrefix)
	if err != nil {
		return err
	}
	from, err := os.Open(name)
	if err != nil {
		return err
	}
	defer from.Close() //nolint:errcheck // It is only read.
	log := connlog.New(connlog.Options{Prefix: prefix})
	to := log.File(name)
	if _, err := io.CopyBuffer(to, io.LimitReader(from, 1<<62), make([]byte, 1<<20)); err != nil {
		return err
	}
	if err := to.Close(); err != nil {
		return err
	}
	report := log.Report()
	fmt.Printf("          %d records, %d groups of clients, gaps: %v\n", report.Records, len(report.Clients), report.Gaps)
	return nil
}

// write makes a log of a busy server: of each ten lines three are about
// connections, the others are statements, checkpoints and errors.
func write(name string, size int64) (sessions int, err error) {
	file, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(file, 1<<20)
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for written := int64(0); written < size; sessions++ {
		at = at.Add(20 * time.Millisecond)
		user, pid, port := sessions%500, 1000+sessions%30_000, 1024+sessions%60_000
		stamp := at.Format("2006-01-02 15:04:05 MST")
		host := fmt.Sprintf("10.0.%d.%d", user/250, user%250)
		head := fmt.Sprintf("%s:%s(%d):app%d@orders:[%d]:", stamp, host, port, user, pid)
		n, err := fmt.Fprintf(out, "%[1]s:%[2]s(%[3]d):[unknown]@[unknown]:[%[4]d]:LOG:  connection received: host=%[2]s port=%[3]d\n"+
			"%[5]sLOG:  connection authorized: user=app%[6]d database=orders application_name=service-%[6]d SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)\n"+
			"%[5]sLOG:  duration: 12.345 ms  execute <unnamed>: SELECT o.id, o.customer, o.total FROM orders o\n\tJOIN customers c ON c.id = o.customer\n\tWHERE o.state = $1 AND o.changed > $2 ORDER BY o.changed DESC LIMIT 100\n"+
			"%[5]sDETAIL:  parameters: $1 = 'open', $2 = '2026-11-22 00:00:00+00'\n"+
			"%[5]sERROR:  duplicate key value violates unique constraint \"orders_pkey\"\n"+
			"%[5]sDETAIL:  Key (id)=(%[4]d) already exists.\n%[5]sSTATEMENT:  INSERT INTO orders (id, customer, total, state) VALUES ($1, $2, $3, $4)\n"+
			"%[1]s::@:[900]:LOG:  checkpoint complete: wrote 3 buffers (0.0%%); 0 WAL file(s) added, 0 removed, 0 recycled; write=0.001 s, sync=0.001 s, total=0.004 s\n"+
			"%[5]sLOG:  disconnection: session time: 0:00:00.019 user=app%[6]d database=orders host=%[2]s port=%[3]d\n",
			stamp, host, port, pid, head, user)
		if err != nil {
			return 0, err
		}
		written += int64(n)
	}
	return sessions, errors.Join(out.Flush(), file.Close())
}
