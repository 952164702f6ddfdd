package provider_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	sslready "github.com/sslready/terraform-provider-sslready/internal/provider"
)

// forged is what nobody may get onto a terminal: ESC, BEL, CR, C1's CSI, and
// what turns the direction of writing; shownForged is how it is shown.
const (
	forged      = "\x1b[31m\a\r\u009b2J\u202e\u2066"
	shownForged = `\x1b[31m\a\r\u009b2J\u202e\u2066`
)

// unshowable are the characters of a text that act on a terminal.
func unshowable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\u00a0' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029') {
			return r
		}
		return -1
	}, text)
}

// fullServer is a server with actions.
type fullServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
}

// TestEveryAnswerPassesTheEdge: a call that a later protocol adds must not be
// promoted from the server as it is.
func TestEveryAnswerPassesTheEdge(t *testing.T) {
	t.Parallel()
	if _, acts := providerserver.NewProtocol6(sslready.NewAt("test", now)())().(fullServer); !acts {
		t.Error("the framework's server has no actions")
	}
	edge, answers := reflect.TypeOf(sslready.ServerAt("test", now)()), 0
	for method := range reflect.TypeFor[fullServer]().Methods() {
		_, speaks := method.Type.Out(0).Elem().FieldByName("Diagnostics")
		if method.Name != "CallFunction" && method.Name != "InvokeAction" && !speaks {
			continue
		}
		answers++
		own, exists := edge.MethodByName(method.Name)
		if !exists {
			t.Errorf("the edge has no %s", method.Name)
			continue
		}
		pc := own.Func.Pointer()
		if file, _ := runtime.FuncForPC(pc).FileLine(pc); filepath.Base(file) != "edge.go" {
			t.Errorf("%s is the server's own, of %s", method.Name, file)
		}
	}
	if answers < 25 {
		t.Errorf("%d calls whose answers speak", answers)
	}
}

// liar says what is forged in every way there is.
type liar struct {
	fullServer
}

func lies() []*tfprotov6.Diagnostic {
	return []*tfprotov6.Diagnostic{{Summary: forged + "\nError", Detail: forged + "\nand so on"}}
}

func (liar) ReadDataSource(context.Context, *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return &tfprotov6.ReadDataSourceResponse{Diagnostics: lies()}, nil
}

func (liar) CallFunction(context.Context, *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	return &tfprotov6.CallFunctionResponse{Error: &tfprotov6.FunctionError{Text: forged}}, nil
}

func (liar) InvokeAction(context.Context, *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	return &tfprotov6.InvokeActionServerStream{Events: func(yield func(tfprotov6.InvokeActionEvent) bool) {
		_ = yield(tfprotov6.InvokeActionEvent{Type: tfprotov6.ProgressInvokeActionEventType{Message: forged}}) &&
			yield(tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: lies()}})
	}}, nil
}

func (liar) PlanAction(context.Context, *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return nil, errors.New("no")
}

// TestTheEdgeShowsWhatWouldAct holds every way of speaking to the same texts.
func TestTheEdgeShowsWhatWouldAct(t *testing.T) {
	t.Parallel()
	edge, full := sslready.EdgeOf(liar{}).(fullServer)
	if !full {
		t.Fatal("the edge has no actions")
	}
	diagnosed := func(d []*tfprotov6.Diagnostic) {
		t.Helper()
		if len(d) != 1 || d[0].Summary != shownForged+`\nError` || d[0].Detail != shownForged+"\nand so on" {
			t.Errorf("diagnostics %q", diagnosticsOf(d))
		}
	}
	read, err := edge.ReadDataSource(t.Context(), nil)
	must(t, err)
	diagnosed(read.Diagnostics)
	called, err := edge.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{})
	must(t, err)
	if called.Error.Text != shownForged {
		t.Errorf("a function says %q", called.Error.Text)
	}
	invoked, err := edge.InvokeAction(t.Context(), nil)
	must(t, err)
	events := 0
	for event := range invoked.Events {
		events++
		switch said := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			if said.Message != shownForged {
				t.Errorf("an action says %q", said.Message)
			}
		case tfprotov6.CompletedInvokeActionEventType:
			diagnosed(said.Diagnostics)
		}
	}
	if events != 2 {
		t.Errorf("%d events", events)
	}
	if _, err := edge.PlanAction(t.Context(), nil); err == nil {
		t.Error("an error of a call is lost")
	}
}
