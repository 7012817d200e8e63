// The exports of the world in wit/.
import { greeting } from "./greeting.js";

export const greeter = {
  greet: (name) => greeting(name),
};
