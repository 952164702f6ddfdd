package truststore

import "bytes"

// How Java serializes the secret key that a JCEKS seals: the classes and their
// fields, and before each of the two arrays its class.
//
// Source: com.sun.crypto.provider.SealedObjectForKeyProtector of OpenJDK 8 to 25;
// Java Object Serialization Specification, 6.4.
var (
	sealedKeyHead = []byte("\xAC\xED\x00\x05sr\x00\x33com.sun.crypto.provider.SealedObjectForKeyProtector\xCDW\xCAY\xE70\xBBS\x02\x00\x00" +
		"xr\x00\x19javax.crypto.SealedObject>6=\xA6\xC3\xB7Tp\x02\x00\x04[\x00\rencodedParamst\x00\x02[B[\x00\x10encryptedContentq\x00~\x00\x02" +
		"L\x00\tparamsAlgt\x00\x12Ljava/lang/String;L\x00\x07sealAlgq\x00~\x00\x03xp")
	firstArrayHead  = []byte("ur\x00\x02[B\xAC\xF3\x17\xF8\x06\x08T\xE0\x02\x00\x00xp")
	secondArrayHead = []byte("uq\x00~\x00\x05")
)

// skipSealedKey moves r behind a sealed key, as certificates may follow it; what
// no Java writes is not one.
func skipSealedKey(r *jksReader) bool {
	expect := func(head []byte) bool { return bytes.Equal(r.take(len(head)), head) }
	array := func(head []byte) bool { return expect(head) && r.bytes() != nil }
	name := func() bool { // of an algorithm, or a reference to the same name
		switch string(r.take(1)) {
		case "t":
			_, ok := r.utf()
			return ok && !r.short
		case "q":
			return r.take(4) != nil
		}
		return false
	}
	return expect(sealedKeyHead) && array(firstArrayHead) && array(secondArrayHead) && name() && name()
}
