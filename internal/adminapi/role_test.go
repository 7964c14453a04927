package adminapi_test

import "github.com/burgeehq/burgee/internal/access"

// rootPermissions are all that a custom root role can give.
func rootPermissions() []access.Permission {
	var all []access.Permission
	for _, info := range access.Permissions() {
		if info.Scope == access.Root && info.Permission != access.AdminAll {
			all = append(all, info.Permission)
		}
	}
	return all
}
