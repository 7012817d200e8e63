(component (import "example:host/log" (func)))
