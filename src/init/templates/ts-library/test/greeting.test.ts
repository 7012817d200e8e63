import assert from "node:assert";
import test from "node:test";
import { greeting } from "../src/greeting.ts";

test("a greeting says the name", () => {
  assert.equal(greeting("World"), "Hello, World!");
});
