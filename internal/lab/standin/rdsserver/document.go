package rdsserver

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// fault is an error of the API: an HTTP status, a code and a message.
type fault struct {
	status  int
	code    string
	message string
}

func (f *fault) Error() string { return f.code + ": " + f.message }

func faultf(status int, code, format string, args ...any) *fault {
	return &fault{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// fragment writes XML elements. It knows nothing of the API.
type fragment struct{ buffer bytes.Buffer }

func (f *fragment) open(name string) { f.buffer.WriteString("<" + name + ">") }

func (f *fragment) close(name string) { f.buffer.WriteString("</" + name + ">") }

// raw puts in what was rendered before.
func (f *fragment) raw(rendered []byte) { f.buffer.Write(rendered) }

// text writes an element, or nothing when the value is empty: RDS leaves out
// what an instance does not have.
func (f *fragment) text(name, value string) {
	if value == "" {
		return
	}
	f.open(name)
	_ = xml.EscapeText(&f.buffer, []byte(value)) // a buffer does not fail
	f.close(name)
}

func (f *fragment) flag(name string, value bool) { f.text(name, strconv.FormatBool(value)) }

func (f *fragment) number(name string, value int) { f.text(name, strconv.Itoa(value)) }

// instant writes a time in the API's form; the zero time is left out.
func (f *fragment) instant(name string, value time.Time) {
	if !value.IsZero() {
		f.text(name, value.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
}

// texts writes a list; an empty one is written as an empty element.
func (f *fragment) texts(list, member string, values []string) {
	f.open(list)
	for _, value := range values {
		f.text(member, value)
	}
	f.close(list)
}

// document is a response: the envelope with the result inside.
type document struct {
	fragment

	action    string
	requestID string
}

func newDocument(action, namespace, requestID string) *document {
	d := &document{action: action, requestID: requestID}
	d.buffer.WriteString("<" + action + `Response xmlns="` + namespace + `">`)
	d.open(action + "Result")
	return d
}

func (d *document) finish() []byte {
	d.close(d.action + "Result")
	d.open("ResponseMetadata")
	d.text("RequestId", d.requestID)
	d.close("ResponseMetadata")
	d.close(d.action + "Response")
	return d.buffer.Bytes()
}

func writeError(w http.ResponseWriter, requestID string, err error) {
	f := &fault{status: http.StatusInternalServerError, code: "InternalFailure", message: "The request processing has failed."}
	errors.As(err, &f)
	kind := "Sender"
	if f.status >= http.StatusInternalServerError {
		kind = "Receiver"
	}
	var body fragment
	body.buffer.WriteString(`<ErrorResponse xmlns="` + rdsNamespace + `">`)
	body.open("Error")
	body.text("Type", kind)
	body.text("Code", f.code)
	body.text("Message", f.message)
	body.close("Error")
	body.text("RequestId", requestID)
	body.close("ErrorResponse")
	w.WriteHeader(f.status)
	_, _ = w.Write(body.buffer.Bytes()) // the client went away: nobody to tell
}
