package driver

import (
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// whereStoreLies is the rule's policy, once it is sure that the declared store
// lies where the driver looks. It does not where SSL_CERT_FILE is no name of a file. And
// where no setting names a file, but a variable does that the driver does not
// read, the store may lie there or in the driver's default place.
func (d Driver) whereStoreLies(s policy.Settings, names policy.Known) policy.Policy {
	p := d.rule(s)
	if !s.StoreDeclared || s.StorePlace != "" && s.StorePlace != policy.PlaceAuto {
		return p
	}
	for _, possible := range p.Possible() {
		a := possible.Anchors
		if !possible.Verifies() || a.Source != policy.Declared || a.Content != nil {
			continue
		}
		moved := s.Environment["SSL_CERT_FILE"]
		if moved != "" && (a.Path == "" || a.Path == "system" || a.Path == moved) && !policy.NamesFile(moved) {
			s.StoreDeclared = false
			return d.rule(s)
		}
		if variable := names.StoreVariable(s.Environment); a.Path == "" && moved == "" && variable != "" {
			return policy.Policy{
				Reason: policy.ReasonSettingNotRead,
				Undecided: "the variable " + variable + " names " + policy.Quoted(s.Environment[variable]) + ", and " + d.Name + " does not read it: it is not known whether the declared trust store " +
					"is there or where the driver looks by default. Name the file in the driver's own settings, or declare the place of trust_store (home or system)",
			}
		}
	}
	return p
}
