package testkit

import "strings"

// Step is one request of a scenario and what it must get.
type Step struct {
	Name     string
	Method   string
	Path     string
	Body     string
	Status   int
	Contains []string // parts that the answer's body must have
	Lacks    []string // parts that it must not have
	As       string   // the secret or session to use instead of the server's own; see Do
}

// Run sends the steps in turn and fails the test for each answer that is not
// as it must be.
func (s *Server) Run(steps ...Step) {
	s.t.Helper()
	for _, step := range steps {
		var headers []string
		if step.As != "" {
			headers = []string{"Authorization", step.As}
		}
		got := s.Do(step.Method, step.Path, step.Body, headers...)
		if got.Status != step.Status {
			s.t.Errorf("%s: %s %s: status %d, want %d: %s", step.Name, step.Method, step.Path, got.Status, step.Status, got.Body)
			continue
		}
		for _, part := range step.Contains {
			if !strings.Contains(got.Body, part) {
				s.t.Errorf("%s: %q lacks %q", step.Name, got.Body, part)
			}
		}
		for _, part := range step.Lacks {
			if strings.Contains(got.Body, part) {
				s.t.Errorf("%s: %q has %q", step.Name, got.Body, part)
			}
		}
	}
}
