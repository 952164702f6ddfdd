package readiness

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const remedyStoreNotRead = "Correct the settings so that the client uses the declared trust store to verify the server, or remove trust_store if the client does not have that store."

// remedyOfUnreadStore is the remedy of a client that does not read its store: where the
// verdict is about trust, what it says to add would go where nobody looks.
func remedyOfUnreadStore(v Verdict, remedy string) string {
	switch v.Reason {
	case certpath.UnknownAuthority, RootCertificateMissing, TrustStoreNoAnchors:
		return remedyStoreNotRead
	}
	return cmp.Or(remedy, remedyStoreNotRead)
}

// storeNotRead says why the declared store plays no part in what the client
// does; empty where it does, where it may, and where the client refuses its
// settings or cannot be judged anyway.
//
// Behind RDS Proxy a switch does not touch the client, whatever it reads.
func (c Client) storeNotRead(p policy.Policy) string {
	if !c.Store.Declared || c.ViaProxy {
		return ""
	}
	why := ""
	for _, p := range p.Possible() {
		switch {
		case p.Undecided != "", p.Verifies() && p.Anchors.Source == policy.Declared && p.Anchors.Content == nil:
			return ""
		case p.Rejection == nil:
			why = "The client never reads the declared trust store, so either the store or the settings do not match what is deployed. " + insteadOfStore(p)
		}
	}
	return why
}

// resolve is what the driver does with its settings. Where they name two files of
// roots, the driver takes one of them, and the declared store may be the other:
// then the client does not read it. By its name, and by its format, it is
// told which; where neither says, nothing is decided.
func (c Client) resolve(s policy.Settings) policy.Policy {
	resolved := driver.Resolve(s)
	if !c.Store.Declared || c.Store.Unavailable != "" || s.StorePlace != "" && s.StorePlace != policy.PlaceAuto {
		return resolved
	}
	keyStore := slices.Contains([]truststore.Format{truststore.FormatJKS, truststore.FormatJCEKS, truststore.FormatPKCS12}, truststore.Detect(c.Store.Content))
	open := ""
	for _, p := range resolved.Possible() {
		a := p.Anchors
		if a.Path == "system" {
			a.Path = s.Environment["SSL_CERT_FILE"] // It moves the system's store.
		}
		if !p.ReadsStore() || a.Source != policy.Declared || a.Content != nil || a.Path == "" {
			continue
		}
		takesKeyStore, taken := a.Reader == truststore.JavaKeyStore, policy.SameFileName(c.Store.Name, a.Path)
		for _, other := range s.NamedStores() {
			meant := policy.SameFileName(c.Store.Name, other.File)
			_, another := s.Files[other.File] // It is declared, and so it is not the store.
			switch {
			case another, other.File == a.Path, other.KeyStore != takesKeyStore && keyStore == takesKeyStore, taken && !meant:
			case other.KeyStore != takesKeyStore, meant && !taken:
				s.StoreDeclared = false
				return unreadFor(driver.Resolve(s), fmt.Sprintf("the client uses %s, but the declared store is the one that %s names (%s)", policy.Quoted(a.Path), other.Setting, policy.Quoted(other.File)))
			default:
				open = fmt.Sprintf("the driver uses %s, but %s names %s, and it is not known which of the two is the declared trust store", policy.Quoted(a.Path), other.Setting, policy.Quoted(other.File))
			}
		}
	}
	if open == "" {
		return resolved
	}
	return policy.Policy{
		Unread: resolved.Unread, Reason: policy.ReasonSettingNotRead,
		Undecided: open + ". Remove the setting that has no effect, declare its file in \"files\", or give the declared store the same file name as the file that the client reads",
	}
}

// unreadFor is a policy with the reason for which the declared store is not read.
func unreadFor(p policy.Policy, why string) policy.Policy {
	p.StoreUnread, p.Alternatives = why, slices.Clone(p.Alternatives)
	for i := range p.Alternatives {
		p.Alternatives[i].Policy = unreadFor(p.Alternatives[i].Policy, why)
	}
	return p
}

// insteadOfStore says what a client does that does not read the declared store.
func insteadOfStore(p policy.Policy) string {
	mode := ""
	if p.Mode != "" {
		mode = " (" + p.Mode + ")"
	}
	switch a := p.Anchors; {
	case p.StoreUnread != "":
		return Sentence(p.StoreUnread)
	case !p.UsesTLS():
		return fmt.Sprintf("The client's mode%s does not use TLS.", mode)
	case !p.Verifies():
		return fmt.Sprintf("The client's mode%s verifies nothing.", mode)
	case a.Content != nil:
		return "The client's settings contain certificates, and the client uses those."
	case a.Source == policy.Missing && a.Path != "":
		return "The client's settings point to " + policy.Quoted(a.Path) + ", but this driver would not find the declared store there."
	case a.Source == policy.Missing:
		return "The client looks in its default place, and the store is not there."
	case a.Source == policy.EmptyStore:
		return "The client's settings leave it without any trust anchors."
	default:
		return "The client uses the store of the operating system, JVM or runtime: its settings do not point to the declared store."
	}
}
