package auth

import (
	"maps"
	"sync"
	"time"
)

// sessionsSeen is when sessions were last used, by digest, until it is stored.
type sessionsSeen struct {
	mu sync.Mutex
	at map[string]time.Time
}

// used notes the use of a session that exists, so that there are no more of
// them than people signed in.
func (s *sessionsSeen) used(digest string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		s.at = make(map[string]time.Time)
	}
	s.at[digest] = now
}

// take returns what is not stored yet, and forgets it.
func (s *sessionsSeen) take() map[string]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.at
	s.at = nil
	return taken
}

// giveBack returns what could not be stored, unless it is known better by now.
func (s *sessionsSeen) giveBack(taken map[string]time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(taken, s.at)
	s.at = taken
}
