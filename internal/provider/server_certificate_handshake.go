package provider

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// handshake asks the server as three kinds of clients would.
func (m *serverCertificateModel) handshake(ctx context.Context, endpoint postgres.Endpoint, s *services) error {
	negotiation := postgres.SSLRequest
	if m.Negotiation.ValueString() == negotiationDirect {
		negotiation = postgres.Direct
	}
	presented, err := postgres.ServerCertificate(ctx, endpoint, "", postgres.OfferAny, negotiation)
	if err != nil {
		return err
	}
	m.Reachable = types.BoolValue(true)
	m.TLSVersion, m.Cipher = shown(presented.TLSVersion), shown(presented.Cipher)
	if err := m.describe(presented, s); err != nil {
		return err
	}
	for _, kind := range []struct {
		offer           postgres.Offer
		accepts         *types.Bool
		version, cipher *types.String
	}{
		{postgres.OfferRSA, &m.AcceptsRSA, &m.RSATLSVersion, &m.RSACipher},
		{postgres.OfferECDSA, &m.AcceptsECDSA, &m.ECDSATLSVersion, &m.ECDSACipher},
	} {
		got, err := postgres.ServerCertificate(ctx, endpoint, "", kind.offer, negotiation)
		if err != nil && !errors.Is(err, postgres.ErrTLSHandshake) {
			return err
		}
		*kind.accepts, *kind.version, *kind.cipher = types.BoolValue(err == nil), optionalText(got.TLSVersion), optionalText(got.Cipher)
	}
	return nil
}

// describe says what the presented path is.
func (m *serverCertificateModel) describe(presented postgres.Presented, s *services) error {
	var text bytes.Buffer
	for _, der := range presented.Chain {
		if err := pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			return err
		}
	}
	m.ChainPEM = types.StringValue(text.String())
	path, err := certpath.ParsePresented(text.Bytes())
	if err != nil {
		return err
	}
	leaf, last := path.Certificates[0], path.Certificates[len(path.Certificates)-1]
	m.Certificates = make([]storedCertificateModel, len(path.Certificates))
	for i, c := range path.Certificates {
		m.Certificates[i] = storedCertificate(truststore.Entry{Kind: truststore.EntryNone, Certificate: c, SHA256: sha256Of(c.Raw)})
	}
	m.DNSNames, m.IPAddresses = texted(leaf.DNSNames), []types.String{}
	for _, ip := range leaf.IPAddresses {
		m.IPAddresses = append(m.IPAddresses, types.StringValue(ip.String()))
	}
	m.NotAfter = optionalTime(leaf.NotAfter)
	m.Verified = types.BoolValue(false)
	root, known := rdsca.BySHA256(sha256Of(last.Raw))
	if !known || !root.SelfSigned {
		return nil
	}
	m.CACertIdentifier, m.CARegion = types.StringValue(root.Identifier), types.StringValue(root.Region)
	m.NextRenewal = optionalTime(rdsca.AutomaticRenewal(leaf.NotBefore, leaf.NotAfter))
	result := certpath.Verify(certpath.Profile{Validator: certpath.Go}, path, certpath.Anchors(path.Certificates[len(path.Certificates)-1]), s.now())
	m.Verified = types.BoolValue(result.Reason == certpath.Accepted)
	return nil
}
