package rpmdb_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/deployment/rpmdb"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// stored is a database of testdata: rpm 4.18 wrote rpmdb.sqlite, and removed
// one of its packages; db_load of Berkeley DB 5.3 wrote Packages from the same
// headers, and Packages.big-endian from its dump with db_lorder=4321, as a
// machine of that byte order does.
func stored(t testing.TB, name string) []byte {
	t.Helper()
	packed, err := os.ReadFile("testdata/" + name + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func packagesOf(content []byte) ([]rpmdb.Package, error) {
	all, err := rpmdb.Packages(bytes.NewReader(content), int64(len(content)))
	slices.SortFunc(all, func(a, b rpmdb.Package) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

// ndb writes RPM's own format, from its source: no program of Debian does.
func ndb(all ...rpmdb.Package) []byte {
	const page, block = 4096, 16
	slots := make([]byte, page)
	copy(slots, "RpmP")
	binary.LittleEndian.PutUint32(slots[12:], 1)
	for i := 2; i < page/block; i++ {
		copy(slots[block*i:], "Slot")
	}
	var blobs []byte
	for i, p := range all {
		slot, header := slots[block*(i+3):], header(p.Name, p.Version) // One is left free.
		binary.LittleEndian.PutUint32(slot[4:], uint32(i+1))
		binary.LittleEndian.PutUint32(slot[8:], uint32((page+len(blobs))/block))
		blobs = append(blobs, "BlbS"...)
		for _, n := range []int{i + 1, 0, len(header)} {
			blobs = binary.LittleEndian.AppendUint32(blobs, uint32(n))
		}
		blobs = append(blobs, header...)
		blobs = append(blobs, make([]byte, block-len(blobs)%block)...)
	}
	return slices.Concat(slots, blobs)
}

// berkeley writes a hash of Berkeley DB with one page of values.
func berkeley(values ...[]byte) []byte {
	const size = 512
	order := binary.LittleEndian
	head, page, end := make([]byte, size), make([]byte, size), size
	order.PutUint32(head[12:], 0x61561)
	order.PutUint32(head[20:], size)
	order.PutUint32(head[32:], 1)
	order.PutUint16(page[20:], uint16(2*len(values)))
	page[25] = 13
	for i, value := range values {
		for j, item := range [][]byte{{0, 0, 0, 0}, value} { // The key first.
			end -= 1 + len(item)
			order.PutUint16(page[26+2*(2*i+j):], uint16(end))
			page[end] = 1
			copy(page[end+1:], item)
		}
	}
	return slices.Concat(head, page)
}

func header(name, version string) []byte {
	data := name + "\x00" + version + "\x00"
	var out []byte
	for _, n := range []int{2, len(data), 1000, 6, 0, 1, 1001, 6, len(name) + 1, 1} {
		out = binary.BigEndian.AppendUint32(out, uint32(n))
	}
	return append(out, data...)
}

func TestPackages(t *testing.T) {
	t.Parallel()
	want := []rpmdb.Package{
		{Name: "openssl-libs", Version: "3.2.2"},
		{Name: "php8.2-pgsql", Version: "8.2.28"},
		{Name: "postgresql15", Version: "15.12"},
		{Name: "psqlodbc", Version: "13.02.0000"},
		{Name: "python3-psycopg2", Version: "2.9.3"},
	}
	for name, content := range map[string][]byte{"SQLite": stored(t, "rpmdb.sqlite"), "Berkeley DB": stored(t, "Packages"), "big-endian": stored(t, "Packages.big-endian"), "ndb": ndb(want...)} {
		got, err := packagesOf(content)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
}

// TestWhatIsMalformed: each cut, and each page that is not what it was, ends in
// an error, or in all the packages where nothing of them was touched.
func TestWhatIsMalformed(t *testing.T) {
	t.Parallel()
	for name, content := range map[string][]byte{"SQLite": stored(t, "rpmdb.sqlite"), "Berkeley DB": stored(t, "Packages"), "ndb": ndb(rpmdb.Package{Name: "a", Version: "1"})} {
		whole, err := packagesOf(content)
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(content); n += 997 {
			got, err := packagesOf(content[:n])
			if err == nil && !cmp.Equal(got, whole) {
				t.Errorf("%s cut at %d: %v, and no error", name, n, got)
			}
			if err != nil && !errors.Is(err, rpmdb.ErrMalformed) && !errors.Is(err, rpmdb.ErrFormat) {
				t.Errorf("%s cut at %d: %v", name, n, err)
			}
		}
	}
	for name, tc := range map[string]struct {
		content []byte
		want    string
	}{
		"nothing":              {nil, "this is not an RPM database in a known format"},
		"another file":         {bytes.Repeat([]byte("x"), 9000), "this is not an RPM database in a known format"},
		"a slot elsewhere":     {damaged(ndb(rpmdb.Package{Name: "a"}), 3*16+8, 0x7f), "it points outside of the file"},
		"another slot's":       {damaged(ndb(rpmdb.Package{Name: "a"}), 3*16+4, 9), "a package is not where its slot says"},
		"no mark":              {damaged(ndb(), 5*16, 'x'), "a slot lacks its magic number"},
		"without a name":       {ndb(rpmdb.Package{Version: "1"}), "a package has no name"},
		"a loop":               {loop(stored(t, "rpmdb.sqlite")), "its pages form a loop"},
		"less than a counter":  {berkeley(make([]byte, 3)), "a package's header is cut"},
		"more than a counter":  {berkeley(make([]byte, 5)), "a package's header is cut"},
		"an encrypted hash":    {damaged(stored(t, "Packages"), 24, 1), "it is encrypted"},
		"a schema without any": {bytes.ReplaceAll(stored(t, "rpmdb.sqlite"), []byte("Packages"), []byte("Peckages")), "it has no table Packages"},
	} {
		if _, err := packagesOf(tc.content); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want one with %q", name, err, tc.want)
		}
	}
}

func damaged(content []byte, at int, b byte) []byte {
	content[at] = b
	return content
}

// loop makes the first page of an SQLite database one that leads to itself.
func loop(content []byte) []byte {
	head := content[100:]
	clear(head[:12])
	head[0], head[11] = 0x05, 1
	return content
}

// FuzzPackages: nothing panics, is slow, or reads without an end.
func FuzzPackages(f *testing.F) {
	for _, name := range []string{"rpmdb.sqlite", "Packages"} {
		f.Add(stored(f, name)[:40<<10])
	}
	f.Add(ndb(rpmdb.Package{Name: "a", Version: "1"}))
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzing.Limit(t)
		all, err := packagesOf(content)
		for _, p := range all {
			if p.Name == "" {
				t.Errorf("a package without a name (%v)", err)
			}
		}
	})
}
