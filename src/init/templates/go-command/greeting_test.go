package main

import "testing"

func TestAGreetingSaysTheName(t *testing.T) {
	if got := greeting("World"); got != "Hello, World!" {
		t.Errorf("got %q", got)
	}
}
