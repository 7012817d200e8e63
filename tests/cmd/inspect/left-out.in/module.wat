(component (import "code" (core module)) (import "f" (func)))
