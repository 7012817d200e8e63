// The export of the world in wit/, by hand: a string comes as a pointer and a length in memory that
// cabi_realloc gave, and goes as the address of such a pair. The runtime `stub` frees nothing.
import { greeting } from "./greeting";

const answer = memory.data(8);

export function cabi_realloc(old: usize, oldSize: usize, align: usize, size: usize): usize {
  const pointer = heap.alloc(size);
  memory.copy(pointer, old, min(oldSize, size));
  return pointer;
}

export function greet(pointer: usize, length: usize): usize {
  const text = String.UTF8.encode(greeting(String.UTF8.decodeUnsafe(pointer, length)));
  store<usize>(answer, changetype<usize>(text));
  store<i32>(answer, text.byteLength, 4);
  return answer;
}
