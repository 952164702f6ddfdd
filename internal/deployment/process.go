package deployment

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// lambdaHome is what the runtimes of AWS Lambda set.
//
// Source: AWS Lambda, execution environment; seen in its base images.
const lambdaHome = "/home/sbx_user1051"

// process is as whom the image's command runs.
type process struct {
	home string // empty is not known
	uid  int
	// groups are the numbers of its groups.
	groups []int
	// known is false where the user's number is not.
	known bool
}

// processOf finds the user as the container's runtime does. HOME is what the
// environment says, else the user's folder in /etc/passwd, else "/".
//
// Source: moby daemon/oci_linux.go and runc libcontainer/init_linux.go
// (setupUser: HOME only where it is not set).
func processOf(files fs.FS, config Config, environment map[string]string) (process, error) {
	p := process{home: environment["HOME"]}
	if config.Lambda {
		p.home, p.uid, p.known = cmp.Or(p.home, lambdaHome), nobody, true
		return p, nil
	}
	user, group, _ := strings.Cut(config.User, ":")
	user = cmp.Or(user, "0")
	users, err := database(files, "etc/passwd")
	if err != nil {
		return p, err
	}
	if number, err := strconv.Atoi(user); err == nil {
		p.uid, p.known = number, true
	} else if user == "root" {
		p.known = true
	}
	home := "/"
	for _, fields := range users {
		if len(fields) < 6 || fields[0] != user && fields[2] != user {
			continue
		}
		home = fields[5]
		if number, err := strconv.Atoi(fields[2]); err == nil {
			p.uid, p.known = number, true
		}
		if number, err := strconv.Atoi(fields[3]); err == nil && group == "" {
			p.groups = append(p.groups, number)
		}
		user = fields[0]
		break
	}
	p.home = cmp.Or(p.home, home)
	return p, p.joins(files, user, group)
}

// nobody is a number that owns nothing.
const nobody = -1

// joins adds the groups of /etc/group.
func (p *process) joins(files fs.FS, user, group string) error {
	groups, err := database(files, "etc/group")
	if err != nil {
		return err
	}
	if number, err := strconv.Atoi(group); err == nil {
		p.groups = append(p.groups, number)
	}
	for _, fields := range groups {
		if len(fields) < 4 || fields[0] != group && !slices.Contains(strings.Split(fields[3], ","), user) {
			continue
		}
		if number, err := strconv.Atoi(fields[2]); err == nil {
			p.groups = append(p.groups, number)
		}
	}
	return nil
}

// database reads a file such as /etc/passwd; one that is not there is empty.
func database(files fs.FS, name string) ([][]string, error) {
	content, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", name, err)
	}
	var all [][]string
	for line := range strings.Lines(string(content)) {
		all = append(all, strings.Split(strings.TrimSpace(line), ":"))
	}
	return all, nil
}

// mayNot says why the user may not read a file or folder, by the mode of what
// it is and of the folders above; empty where he may, or where that is not
// known. Root may read everything.
func (p process) mayNot(files fs.FS, name string) string {
	if p.uid == 0 || !p.known {
		return ""
	}
	const read, enter = 4, 1
	resolved := realPath(files, name)
	for at := resolved; at != "."; at = path.Dir(at) {
		info, err := fs.Stat(files, at)
		if err != nil {
			return ""
		}
		needs := fs.FileMode(enter)
		if at == resolved {
			needs = read
		}
		if bits, known := p.bits(info); known && bits&needs == 0 {
			return fmt.Sprintf("the image's user is not allowed to read it (%s has mode %04o)", absolute(at), info.Mode().Perm())
		}
	}
	return ""
}

// bits are those of the mode that hold for the user.
func (p process) bits(info fs.FileInfo) (bits fs.FileMode, known bool) {
	mode := info.Mode().Perm()
	if p.uid == nobody {
		return mode & 7, true
	}
	owned, ok := info.(interface {
		Owner() (uid, gid int, known bool)
	})
	if !ok {
		return 0, false
	}
	uid, gid, known := owned.Owner()
	switch {
	case uid == p.uid:
		mode >>= 6
	case slices.Contains(p.groups, gid):
		mode >>= 3
	}
	return mode & 7, known
}

// realPath follows the links of a name, as far as the files can say them.
func realPath(files fs.FS, name string) string {
	links, ok := files.(fs.ReadLinkFS)
	if !ok {
		return name
	}
	const most = 40
	done, todo := "", strings.Split(name, "/")
	for followed := 0; len(todo) > 0; todo = todo[1:] {
		if todo[0] == ".." {
			done = strings.TrimPrefix(path.Dir("/"+done), "/")
			continue
		}
		next := path.Join(done, todo[0])
		target, err := links.ReadLink(next)
		if err != nil {
			done = next
			continue
		}
		if followed++; followed > most {
			return name
		}
		if strings.HasPrefix(target, "/") {
			done = ""
		}
		parts := slices.DeleteFunc(strings.Split(target, "/"), func(part string) bool { return part == "" || part == "." })
		todo = slices.Concat([]string{""}, parts, todo[1:]) // The loop drops the first one.
	}
	return done
}

func environmentOf(env []string) map[string]string {
	all := make(map[string]string, len(env))
	for _, variable := range env {
		if name, value, ok := strings.Cut(variable, "="); ok {
			all[name] = value
		}
	}
	return all
}

// relevant keeps what drivers, TLS libraries and runtimes read. A variable
// that carries a secret is left out; of the options of a runtime only those
// that carry one.
func relevant(environment map[string]string) map[string]string {
	kept := map[string]string{}
	for name, value := range environment {
		if !matters(name, value) {
			continue
		}
		if strings.HasSuffix(name, "OPTIONS") || strings.HasSuffix(name, "_OPTS") {
			value = withoutSecrets(value)
		}
		if !secret(name, value) {
			kept[name] = value
		}
	}
	return kept
}

func secret(name, value string) bool {
	return driver.SecretIn(name, value) != "" || driver.SecretInConnection(value) != ""
}

// withoutSecrets leaves the options out that carry a secret, such as the
// password of a key store.
func withoutSecrets(options string) string {
	if !secret("", options) {
		return options
	}
	kept := slices.DeleteFunc(strings.Fields(options), func(option string) bool { return secret("", option) })
	return strings.Join(kept, " ")
}

func matters(name, value string) bool {
	if slices.Contains(driver.EnvironmentNames(), name) && !strings.HasSuffix(name, "URL") || name == "NODE_PG_FORCE_NATIVE" || name == "CATALINA_OPTS" {
		return true
	}
	return strings.HasPrefix(name, "PG") && name == strings.ToUpper(name) ||
		strings.HasPrefix(value, "postgres://") || strings.HasPrefix(value, "postgresql://") || strings.HasPrefix(value, "jdbc:postgresql:")
}
