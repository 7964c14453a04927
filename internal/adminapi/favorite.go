package adminapi

import "net/http"

func (h *Handler) favoriteRoutes() []Route {
	const flag, project = flagPath + "/favorites", "/projects/{projectId}/favorites"
	return []Route{
		act(http.MethodPost, flag, "addFavoriteFeature", "Make a flag a favourite of mine", signedIn(), http.StatusOK, h.favorFlag(true)),
		act(http.MethodDelete, flag, "removeFavoriteFeature", "Make a flag no favourite of mine", signedIn(), http.StatusOK, h.favorFlag(false)),
		act(http.MethodPost, project, "addFavoriteProject", "Make a project a favourite of mine", signedIn(), http.StatusOK, h.favorProject(true)),
		act(http.MethodDelete, project, "removeFavoriteProject", "Make a project no favourite of mine", signedIn(), http.StatusOK, h.favorProject(false)),
	}
}

func (h *Handler) favorFlag(favorite bool) func(*Call) (None, error) {
	return func(c *Call) (None, error) {
		return None{}, h.Control.SetFlagFavorite(c.r.Context(), c.Actor, c.flag(), favorite)
	}
}

func (h *Handler) favorProject(favorite bool) func(*Call) (None, error) {
	return func(c *Call) (None, error) {
		return None{}, h.Control.SetProjectFavorite(c.r.Context(), c.Actor, c.project(), favorite)
	}
}
