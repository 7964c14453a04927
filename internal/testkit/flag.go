package testkit

import (
	"net/http"
	"strings"
)

// Flag creates a flag with strategies in an environment, each given as the
// JSON body of its creation, and switches it on there.
func (s *Server) Flag(project, environment, name string, strategies ...string) {
	s.t.Helper()
	flags := "/api/admin/projects/" + project + "/features"
	s.Must(http.StatusCreated, http.MethodPost, flags, `{"name":"`+name+`"}`)
	place := flags + "/" + name + "/environments/" + environment
	for _, strategy := range strategies {
		s.Must(http.StatusOK, http.MethodPost, place+"/strategies", strategy)
	}
	s.Must(http.StatusOK, http.MethodPost, place+"/on", "")
}

// Constrained is the JSON of a strategy that is on for who satisfies all the
// constraints, each given as JSON.
func Constrained(constraints ...string) string {
	return `{"name":"default","parameters":{},"constraints":[` + strings.Join(constraints, ",") + `]}`
}
