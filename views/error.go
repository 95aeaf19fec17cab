package views

import "fmt"

func (problem Problem) back() string {
	if problem.Back == "" {
		return "/"
	}
	return problem.Back
}

func (problem Problem) backLabel() string {
	if problem.Back == "" {
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
