package main

// greeting greets a person.
func greeting(name string) string {
	return "Hello, " + name + "!"
}
