package spoiled

import (
	"bytes"
	"slices"
)

var (
	// serverTrust follows a TRUSTED CERTIFICATE: trusted for TLS servers.
	serverTrust = []byte("\x30\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01")
	// privateKey is Ed25519's in PKCS#8, all zero.
	privateKey = append([]byte("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"), make([]byte, 32)...)

	oidSignedData = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
	oidData       = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
)

// element encodes with a length in two bytes.
func element(tag byte, contents ...[]byte) []byte {
	joined := slices.Concat(contents...)
	return append([]byte{tag, 0x82, byte(len(joined) >> 8), byte(len(joined))}, joined...)
}

// pkcs7 holds a certificate and nothing else.
func pkcs7(certificate []byte) []byte {
	emptySet := []byte{0x31, 0}
	return element(0x30, oidSignedData, element(0xa0, element(0x30, []byte{2, 1, 1}, emptySet, []byte("\x30\x0b"), oidData, element(0xa0, certificate), emptySet)))
}

// indefinite gives a DER element whose length has two bytes another tag, and
// no length.
func indefinite(tag byte, der []byte) []byte {
	return slices.Concat([]byte{tag, 0x80}, der[4:], []byte{0, 0})
}

// elements are other encodings inside of blocks and between them.
func (c *collection) elements(of Certificates) {
	second, third := block("CERTIFICATE", of.Second), block("CERTIFICATE", of.Third)
	add := func(way string, place int, der []byte) {
		c.add("DER", way, place, string(der))
		c.add("block", way, place, block("CERTIFICATE", der)+second)
		c.add("trusted block", way, place, block("TRUSTED CERTIFICATE", der)+second)
		c.add("DER between", way, place, second+string(der)+third)
	}
	bundle := pkcs7(of.First)
	for _, base := range []struct {
		name string
		der  []byte
	}{{"certificate", of.First}, {"bundle", bundle}} {
		name, der := base.name, base.der
		contents := der[4:]
		high, low := der[2], der[3]
		for i, head := range []string{
			"\x30\x82" + string([]byte{high, low}), "\x30\x83\x00" + string([]byte{high, low}), "\x30\x84\x00\x00" + string([]byte{high, low}), "\x30\x85\x00\x00\x00" + string([]byte{high, low}),
			"\x30\x80", "\x30\x81" + string([]byte{low}), "\x30\x82" + string([]byte{high, low + 1}), "\x30\x82" + string([]byte{high, low - 1}), "\x30\x83\x01" + string([]byte{high, low}),
			"\x30\x84\x7f\xff\xff\xff", "\x30\x84\x80\x00\x00\x00", "\x30\x84\xff\xff\xff\xff", "\x30\xff", "\x30\x00", "\x30\x7f", "\x31\x82" + string([]byte{high, low}), "\x10\x82" + string([]byte{high, low}),
			"\x3f\x10\x82" + string([]byte{high, low}), "\x1f\x81\x01\x82" + string([]byte{high, low}),
		} {
			add("head of a "+name, i, append([]byte(head), contents...))
		}
		for i, more := range []string{"", "\x00", "\x00\x00", "\x00\x01\x41", "\x00\x80", "\x04\x80", "\x04\x80\x00\x00", "\x1f\x81\x01\x00\x00\x00", "\x30", "\x30\x80\x00\x00", "\x30\x80\x00\x00\x00\x00", "\x30\x84", "\x04\x81", "\x04\x85\x00\x00", "\x30\x82\xff\xff", "\x24\x80\x04\x01\x41\x00\x00\x00\x00", "\x00\x00\x00\x00", "\x05\x00\x00\x00"} {
			add("end of an indefinite "+name, i, slices.Concat([]byte("\x30\x80"), contents, []byte(more)))
			add("after a "+name, i, append(slices.Clone(der), more...))
		}
	}
	for i, head := range []string{"\x30", "\x30\x80", "\x30\x81", "\x30\x82", "\x30\x82\x01", "\x30\x84\x00", "\x30\x84\x00\x00\x00", "\x30\x85", "\x30\x80\x30", "\x30\x80\x1f", "\x30\x80\x04", "\x30\x80\x04\x80", "\x30\x80\x30\x80\x00\x00", "\x30\x00", "\x30\x80\x00\x00"} {
		c.add("DER", "start", i, head)
		c.add("DER after", "start", i, second+head)
	}
	for _, depth := range []int{2, 3, 62, 63, 64, 65, 66, 100} {
		add("nested", depth, append(bytes.Repeat([]byte("\x30\x80"), depth), make([]byte, 2*depth)...))
		wrapped := of.First
		for range depth {
			wrapped = slices.Concat([]byte("\x30\x80"), wrapped, []byte{0, 0})
		}
		add("certificate nested", depth, wrapped)
	}
	c.add("DER", "two", 0, string(of.First)+string(of.Second))
	c.add("DER", "two with a line end", 0, string(of.First)+"\n"+string(of.Second))
	c.add("DER", "two bundles", 0, string(bundle)+string(bundle))
	c.add("block", "bundles", 0, block("PKCS7", bundle)+block("PKCS7", bundle))
	c.add("block", "bundle after a certificate", 0, second+block("PKCS7", bundle))
	c.add("block", "certificate after a bundle", 0, block("CERTIFICATE", bundle)+second)
}
