package app

import (
	"math"
	"runtime/debug"
)

// heapFloor is how many bytes the garbage collector counts as in use besides
// what is: it lets as much garbage again come together before it works. A
// server with 350 flags has 3 MB in use and leaves 4 kB of garbage a request,
// most of it from net/http, so that it would collect every 1,100 requests; with
// the floor it does so every 4,500, for about 10 MB more of memory under load
// and none at rest. Large servers do not notice it.
const heapFloor = 12 << 20

// settle gives back what a start left behind: the first one hashes a password in
// 64 MB. It takes as long as a collection does, and is not waited for.
func settle() { debug.FreeOSMemory() }

// newHeapFloor returns memory that nobody touches, so that the system never
// provides it. Keep it alive for as long as it is to count. There is none where
// memory is limited, since the limit of the Go runtime would count it.
func newHeapFloor() []byte {
	const asked = -1 // leaves the limit as it is
	if debug.SetMemoryLimit(asked) != math.MaxInt64 {
		return nil
	}
	return make([]byte, heapFloor)
}
