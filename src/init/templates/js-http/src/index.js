// Answers HTTP requests: `/Ada` names who is greeted.
import { greeting } from "./greeting.js";

function answer(request) {
  const { pathname } = new URL(request.url);
  return new Response(greeting(pathname.slice(1) || "World") + "\n");
}

addEventListener("fetch", (event) => event.respondWith(answer(event.request)));
