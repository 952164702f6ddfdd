package rdsserver

import (
	"fmt"
	"net/http"
	"time"
)

// Answer is what a hostile or broken endpoint sends instead of the answer to
// an action. The zero value is an empty body with status 200.
type Answer struct {
	// Status is the HTTP status; zero is 200.
	Status int
	// Body is what is sent; empty for nothing.
	Body string
	// Page, where set, makes the body: nth counts the calls of the action from
	// 1, and marker is what the call asked for.
	Page func(nth int, marker string) string
	// Drip sends one octet of the body each time; zero sends all at once.
	Drip time.Duration
	// Stall keeps the connection open after the body, and sends no end of it.
	Stall bool
	// Endless sends the body again and again.
	Endless bool
	// Proper sends the proper answer to its half before it stalls.
	Proper bool
}

// hostile returns the answer that an action gets instead of its own.
func (f *faultState) hostile(action string) (answer Answer, nth int, is bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	answer, is = f.faults.Answers[action]
	if !is {
		answer, is = f.faults.Answers[EveryAction]
	}
	if is {
		if f.answered == nil {
			f.answered = map[string]int{}
		}
		f.answered[action]++
	}
	return answer, f.answered[action], is
}

// EveryAction as a key of Faults.Answers stands for all actions without an
// answer of their own.
const EveryAction = "*"

// send sends the answer until it ends or the client goes away.
func (a Answer) send(w http.ResponseWriter, r *http.Request, nth int, proper []byte) {
	body := []byte(a.Body)
	if a.Page != nil {
		body = []byte(a.Page(nth, r.Form.Get("Marker")))
	}
	if a.Proper {
		body = proper[:len(proper)/2]
	}
	if a.Stall || a.Drip > 0 || a.Endless {
		w.Header().Set("Content-Length", fmt.Sprint(1<<40))
	}
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	flusher, _ := w.(http.Flusher)
	for first := true; first || a.Endless; first = false {
		chunk := len(body)
		if a.Drip > 0 {
			chunk = 1
		}
		for at := 0; at < len(body); at += chunk {
			if _, err := w.Write(body[at:min(at+chunk, len(body))]); err != nil || !sleep(r, a.Drip) {
				return
			}
			if a.Drip > 0 {
				flusher.Flush()
			}
		}
		if len(body) == 0 {
			break
		}
	}
	if a.Stall {
		flusher.Flush()
		<-r.Context().Done()
	}
}

// sleep reports whether the client is still there afterwards.
func sleep(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return r.Context().Err() == nil
	}
	select {
	case <-time.After(d):
		return true
	case <-r.Context().Done():
		return false
	}
}
