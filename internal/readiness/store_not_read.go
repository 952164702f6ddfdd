package readiness

import (
	"cmp"
	"fmt"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

const remedyStoreNotRead = "Correct the settings so that the client verifies with this store, or remove trust_store if the client does not have it."

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
			why = "The settings and the declared trust store contradict each other, so one of them does not match what is deployed: the client never reads the store. " + insteadOfStore(p)
		}
	}
	return why
}

// insteadOfStore says what a client does that does not read the declared store.
func insteadOfStore(p policy.Policy) string {
	mode := ""
	if p.Mode != "" {
		mode = " (" + p.Mode + ")"
	}
	switch a := p.Anchors; {
	case p.StoreUnread != "":
		return sentence(p.StoreUnread)
	case !p.UsesTLS():
		return fmt.Sprintf("Its mode%s does not use TLS.", mode)
	case !p.Verifies():
		return fmt.Sprintf("Its mode%s verifies nothing.", mode)
	case a.Content != nil:
		return "Its settings contain certificates, and it uses those."
	case a.Source == policy.Missing && a.Path != "":
		return "Its settings name " + policy.Quoted(a.Path) + ", and for this driver, that is not where the store is."
	case a.Source == policy.Missing:
		return "It looks in its default place, and the store is not there."
	case a.Source == policy.EmptyStore:
		return "Its settings give it an empty set of trust anchors."
	default:
		return "It uses the store of the operating system, JVM or runtime: its settings do not point to this one."
	}
}
