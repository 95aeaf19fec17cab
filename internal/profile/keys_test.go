package profile

import "testing"

// TestEveryKeyHasAMeaning holds that what can be declared is what is described, so that the documentation and errors know all of it.
func TestEveryKeyHasAMeaning(t *testing.T) {
	var d declaration
	var a Attribute
	readable := d.keys(&a)
	for _, k := range allKeys() {
		if _, ok := readable[k.name]; !ok || k.sort == "" || k.meaning == "" || k.without == "" || k.example == "" {
			t.Errorf("the key %q is described as %+v, and read is %v", k.name, k, ok)
		}
		delete(readable, k.name)
	}
	for name := range readable {
		t.Errorf("the key %q is not described", name)
	}
}
