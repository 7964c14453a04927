package feature

import (
	"strconv"
	"strings"
)

// oldestSDKs is the oldest major version that is not outdated of each SDK, by
// the names under which it reports itself: the newest one that its registry
// (npm, PyPI) had in November 2026. SDKs that are not here are not judged.
var oldestSDKs = map[string]int{
	"unleash-node-sdk":      6,
	"unleash-client-node":   6,
	"unleash-js-sdk":        3,
	"unleash-client-js":     3,
	"unleash-python-sdk":    6,
	"unleash-client-python": 6,
}

// OutdatedSDK reports whether an SDK, as it names itself ("name:1.2.3"), is of
// an older major version than the newest known.
func OutdatedSDK(sdk string) bool {
	name, version, _ := strings.Cut(sdk, ":")
	major, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	n, err := strconv.Atoi(major)
	oldest, known := oldestSDKs[name]
	return known && err == nil && n < oldest
}
