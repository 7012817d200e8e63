// What `wasi:cli/run` runs.
import { greeting } from "./greeting.js";

export const run = {
  run() {
    console.log(greeting("World"));
  },
};
