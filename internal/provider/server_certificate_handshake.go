package provider

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"net"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// handshakes asks the server as three kinds of clients would.
func handshakes(ctx context.Context, endpoint postgres.Endpoint, negotiation postgres.Negotiation, now time.Time) (fields, error) {
	presented, err := postgres.ServerCertificate(ctx, endpoint, postgres.OfferAny, negotiation)
	if err != nil {
		return nil, err
	}
	answer, err := describe(presented, now)
	if err != nil {
		return nil, err
	}
	answer["reachable"], answer["tls_version"], answer["cipher"] = types.BoolValue(true), shown(presented.TLSVersion), shown(presented.Cipher)
	for _, offer := range []postgres.Offer{postgres.OfferRSA, postgres.OfferECDSA} {
		got, err := postgres.ServerCertificate(ctx, endpoint, offer, negotiation)
		if err != nil && !errors.Is(err, postgres.ErrTLSHandshake) {
			return nil, err
		}
		kind := string(offer)
		answer["accepts_"+kind], answer[kind+"_tls_version"], answer[kind+"_cipher"] = types.BoolValue(err == nil), optionalText(got.TLSVersion), optionalText(got.Cipher)
	}
	return answer, nil
}

// describe says what the presented path is.
func describe(presented postgres.Presented, now time.Time) (fields, error) {
	var text bytes.Buffer
	for _, der := range presented.Chain {
		if err := pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			return nil, err
		}
	}
	path, err := certpath.ParsePresented(text.Bytes())
	if err != nil {
		return nil, err
	}
	entries := make([]truststore.Entry, len(path.Certificates))
	for i, c := range path.Certificates {
		entries[i] = truststore.Entry{Kind: truststore.EntryNone, Certificate: c, SHA256: sha256Of(c.Raw)}
	}
	leaf, last := path.Certificates[0], path.Certificates[len(path.Certificates)-1]
	answer := fields{
		"chain_pem": types.StringValue(text.String()), "not_after": optionalTime(leaf.NotAfter), "verified": types.BoolValue(false),
		"certificates": storedCertificates(entries),
		"dns_names":    textList(leaf.DNSNames), "ip_addresses": textList(each(leaf.IPAddresses, net.IP.String)),
	}
	root, known := rdsca.BySHA256(sha256Of(last.Raw))
	if !known || !root.SelfSigned {
		return answer, nil
	}
	answer["ca_cert_identifier"], answer["ca_region"] = types.StringValue(root.Identifier), types.StringValue(root.Region)
	answer["next_renewal"] = optionalTime(rdsca.AutomaticRenewal(leaf.NotBefore, leaf.NotAfter))
	result := certpath.Verify(certpath.Profile{Validator: certpath.Go}, path, certpath.Anchors(last), now)
	answer["verified"] = types.BoolValue(result.Reason == certpath.Accepted)
	return answer, nil
}
