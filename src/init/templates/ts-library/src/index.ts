// The exports of the world in wit/.
import { greeting } from "./greeting.ts";

export const greeter = {
  greet: (name: string): string => greeting(name),
};
