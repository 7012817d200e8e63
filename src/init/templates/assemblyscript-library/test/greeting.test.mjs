import assert from "node:assert";
import { readFile } from "node:fs/promises";
import test from "node:test";

// The exported function as the core module has it: `npm test` compiles it first.
test("a greeting says the name", async () => {
  const bytes = await readFile(new URL("../target/test.wasm", import.meta.url));
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const { cabi_realloc, greet, memory } = instance.exports;
  const name = new TextEncoder().encode("World");
  const pointer = cabi_realloc(0, 0, 1, name.length);
  new Uint8Array(memory.buffer).set(name, pointer);
  const [start, length] = new Uint32Array(memory.buffer, greet(pointer, name.length), 2);
  const text = new TextDecoder().decode(new Uint8Array(memory.buffer, start, length));
  assert.equal(text, "Hello, World!");
});
