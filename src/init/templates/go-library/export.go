//go:build wasip1

// The export of the world in wit/, by hand: a string comes as a pointer and a length in memory
// that cabi_realloc gave, and goes as the address of such a pair.
package main

import "unsafe"

var (
	// held keeps what the caller still writes or reads.
	held = map[*byte][]byte{}
	// answer is the address and the length of the last greeting.
	answer [2]uint32
	last   *byte
)

//go:wasmexport cabi_realloc
func realloc(old *byte, oldSize, _, size uint32) *byte {
	if size == 0 {
		return nil
	}
	bytes := make([]byte, size)
	copy(bytes, unsafe.Slice(old, min(oldSize, size)))
	delete(held, old)
	held[&bytes[0]] = bytes
	return &bytes[0]
}

//go:wasmexport example:hello/greeter@0.1.0#greet
func greet(pointer *byte, length uint32) unsafe.Pointer {
	bytes := []byte(greeting(string(unsafe.Slice(pointer, length))))
	delete(held, pointer)
	last = &bytes[0]
	held[last] = bytes
	answer = [2]uint32{uint32(uintptr(unsafe.Pointer(last))), uint32(len(bytes))}
	return unsafe.Pointer(&answer)
}

//go:wasmexport cabi_post_example:hello/greeter@0.1.0#greet
func greeted(unsafe.Pointer) {
	delete(held, last)
}

func main() {}
