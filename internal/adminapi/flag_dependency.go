package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
)

// DependencyBody makes a flag depend on another.
type DependencyBody struct {
	Feature  feature.Name `json:"feature" required:"true" minLength:"1" doc:"The flag to depend on"`
	Enabled  *bool        `json:"enabled,omitempty" doc:"Whether it must be on, or off; true when absent"`
	Variants []string     `json:"variants,omitempty" maxItems:"100" doc:"The variants of which it must give one; any when empty"`
}

func (h *Handler) flagDependencyRoutes() []Route {
	const all = flagsPath + "/{child}/dependencies"
	change := in(access.UpdateDependency)
	return []Route{
		write(http.MethodPost, all, "addFeatureDependency", "Make a flag depend on another", change, http.StatusOK, h.addDependency),
		act(http.MethodDelete, all, "deleteFeatureDependencies", "Make a flag depend on no other", change, http.StatusOK, h.removeDependencies),
		act(http.MethodDelete, all+"/{parent}", "deleteFeatureDependency", "Make a flag no longer depend on another",
			change, http.StatusOK, h.removeDependency),
		read(flagsPath+"/{child}/parents", "listParentOptions", "List the flags that a flag may depend on", signedIn(), h.parentOptions),
		read(flagsPath+"/{parent}/parent-variants", "listParentVariantOptions", "List the variants that a dependency on a flag may ask for",
			signedIn(), h.parentVariants),
		read(projectPath+"/dependencies", "checkDependenciesExist", "Ask whether flags of a project depend on others", signedIn(), h.dependenciesExist),
	}
}

func (c *Call) child() control.FlagRef {
	return control.FlagRef{Project: c.project(), Name: feature.Name(c.Param("child"))}
}

func (h *Handler) addDependency(c *Call, b DependencyBody) (None, error) {
	return None{}, h.Control.AddDependency(c.r.Context(), c.Actor, c.child(), feature.Dependency{
		Parent: b.Feature, Enabled: b.Enabled, Variants: b.Variants,
	})
}

func (h *Handler) removeDependency(c *Call) (None, error) {
	return None{}, h.Control.RemoveDependency(c.r.Context(), c.Actor, c.child(), feature.Name(c.Param("parent")))
}

func (h *Handler) removeDependencies(c *Call) (None, error) {
	return None{}, h.Control.RemoveDependencies(c.r.Context(), c.Actor, c.child())
}

func (h *Handler) parentOptions(c *Call) ([]feature.Name, error) {
	return h.Control.ParentOptions(c.r.Context(), c.child())
}

func (h *Handler) parentVariants(c *Call) ([]string, error) {
	parent := control.FlagRef{Project: c.project(), Name: feature.Name(c.Param("parent"))}
	return h.Control.ParentVariants(c.r.Context(), parent)
}

func (h *Handler) dependenciesExist(c *Call) (bool, error) {
	return h.Control.DependenciesExist(c.r.Context(), c.project())
}
