// What `wasi:cli/run` runs.
import { greeting } from "./greeting.ts";

export const run = {
  run(): void {
    console.log(greeting("World"));
  },
};
