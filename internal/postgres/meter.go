package postgres

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
)

// What a server may send, in octets. A login needs some kilobytes, the
// certificates included; a look has some hundreds for each group of sessions.
const (
	maxLogin = 1 << 20
	maxLook  = 32 << 20
)

// meter ends a connection on which a server sends more than it was allowed. It
// lies below TLS, which pgx wants to see.
type meter struct {
	net.Conn

	left atomic.Int64
}

// errFlood is what a read fails with, once the server has had its octets.
var errFlood = errors.New("more data than allowed")

func newMeter(conn net.Conn) *meter {
	m := &meter{Conn: conn}
	m.allow(maxLogin)
	return m
}

// allow begins to count anew.
func (m *meter) allow(octets int64) {
	if m != nil {
		m.left.Store(octets)
	}
}

// spent says whether the server has sent too much.
func (m *meter) spent() bool { return m != nil && m.left.Load() < 0 }

// Read counts what it reads.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	if m.left.Add(int64(-n)) < 0 {
		_ = m.Close() // Nothing more is read.
		return 0, errFlood
	}
	return n, err
}

// flood is the error for a server that sent more than most octets.
func flood(address string, most int64) error {
	return fail(ErrTooMuch, address, fmt.Errorf("the limit is %d MiB", most>>20))
}
