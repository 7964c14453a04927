package feature

// Check reports what an environment breaks that needs no look at the server.
func (e Environment) Check() error {
	if err := CheckName("/body/name", "name", string(e.Name)); err != nil {
		return err
	}
	return CheckTitle("/body/type", "type", e.Type)
}
