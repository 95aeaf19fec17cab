package views

import (
	"fmt"
	"strings"
)

// local says whether Back is a path of this site, and can't be read as another host.
func (problem Problem) local() bool {
	rest, ok := strings.CutPrefix(problem.Back, "/")
	return ok && !strings.HasPrefix(rest, "/") && !strings.Contains(rest, `\`)
}

func (problem Problem) back() string {
	if !problem.local() {
		return "/"
	}
	return problem.Back
}

func (problem Problem) backLabel() string {
	if !problem.local() {
		return "Go to the home page"
	}
	return "Go back"
}

func seconds(n int) string {
	if n == 1 {
		return "a second"
	}
	return fmt.Sprintf("%d seconds", n)
}
