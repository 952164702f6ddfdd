package truststore

// javaSerial walks over one serialized Java object, to find where it ends: a
// JCEKS keeps secret keys so, and certificates may follow them. Nothing of the
// object is kept.
//
// Source: Java Object Serialization Specification, 6.4, as far as
// javax.crypto.SealedObject needs it.
type javaSerial struct {
	r *jksReader
	// classes are the class descriptions by handle; other handles are nil.
	classes []*javaClass
}

type javaClass struct {
	name       string
	primitives int // bytes of the primitive fields
	objects    int // number of the object fields
	super      *javaClass
	custom     bool // writes data of its own, which is not followed
}

// The type codes.
const (
	serialNull      = 0x70
	serialReference = 0x71
	serialClassDesc = 0x72
	serialObject    = 0x73
	serialString    = 0x74
	serialArray     = 0x75
	serialEndBlock  = 0x78
)

// sealedKey is the class of a key in a JCEKS.
const sealedKey = "com.sun.crypto.provider.SealedObjectForKeyProtector"

// skipSerialized moves r behind a stream of one object.
func skipSerialized(r *jksReader) bool {
	const magicAndVersion = 0xACED0005
	if r.uint32() != magicAndVersion {
		return false
	}
	s := &javaSerial{r: r}
	return s.value(maxNesting) && !r.short && len(s.classes) > 0 && s.classes[0] != nil && s.classes[0].name == sealedKey
}

func (s *javaSerial) code() byte {
	b := s.r.take(1)
	if b == nil {
		return 0
	}
	return b[0]
}

// value reads a null, a reference, a string, an array or an object.
func (s *javaSerial) value(depth int) bool {
	if depth == 0 || s.r.short {
		return false
	}
	switch s.code() {
	case serialNull:
		return true
	case serialReference:
		_, ok := s.handle()
		return ok
	case serialString:
		_, ok := s.r.utf()
		s.classes = append(s.classes, nil)
		return ok
	case serialArray:
		return s.array(depth)
	case serialObject:
		class, ok := s.class(s.code(), depth)
		if !ok || class == nil {
			return false
		}
		s.classes = append(s.classes, nil)
		return s.fields(class, depth)
	}
	return false
}

// array reads an array of bytes, the only kind in a sealed key.
func (s *javaSerial) array(depth int) bool {
	class, ok := s.class(s.code(), depth)
	if !ok || class == nil || class.name != "[B" {
		return false
	}
	s.classes = append(s.classes, nil)
	s.r.bytes()
	return !s.r.short
}

// handle reads a reference; what it refers to is nil unless it is a class.
func (s *javaSerial) handle() (*javaClass, bool) {
	const first = 0x7E0000
	index := int(s.r.uint32()) - first
	if index < 0 || index >= len(s.classes) {
		return nil, false
	}
	return s.classes[index], true
}

// class reads a class description or a reference to one; nil is none.
func (s *javaSerial) class(code byte, depth int) (*javaClass, bool) {
	switch code {
	case serialNull:
		return nil, true
	case serialReference:
		class, ok := s.handle()
		return class, ok && class != nil
	case serialClassDesc:
		return s.newClass(depth)
	}
	return nil, false
}

func (s *javaSerial) newClass(depth int) (*javaClass, bool) {
	const writesMore = 0x01 | 0x08 // SC_WRITE_METHOD, SC_BLOCK_DATA
	name, ok := s.r.utf()
	head := s.r.take(8 + 1 + 2)
	if !ok || head == nil || depth == 0 {
		return nil, false
	}
	class := &javaClass{name: name, custom: head[8]&writesMore != 0}
	s.classes = append(s.classes, class)
	for range int(head[9])<<8 | int(head[10]) {
		if !s.field(class) {
			return nil, false
		}
	}
	if s.code() != serialEndBlock {
		return nil, false
	}
	class.super, ok = s.class(s.code(), depth-1)
	return class, ok
}

func (s *javaSerial) field(class *javaClass) bool {
	sizes := map[byte]int{'B': 1, 'Z': 1, 'C': 2, 'S': 2, 'I': 4, 'F': 4, 'J': 8, 'D': 8}
	kind := s.code()
	if _, ok := s.r.utf(); !ok {
		return false
	}
	if size, primitive := sizes[kind]; primitive {
		class.primitives += size
		return true
	}
	class.objects++
	return (kind == 'L' || kind == '[') && s.value(2)
}

// fields reads the values of an object, those of its superclasses first.
func (s *javaSerial) fields(class *javaClass, depth int) bool {
	if class == nil {
		return true
	}
	if depth == 0 || class.custom || !s.fields(class.super, depth-1) {
		return false
	}
	if class.primitives > 0 && s.r.take(class.primitives) == nil {
		return false
	}
	for range class.objects {
		if !s.value(depth - 1) {
			return false
		}
	}
	return true
}
