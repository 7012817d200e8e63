// Answers HTTP requests: `/Ada` names who is greeted.
import { greeting } from "./greeting.ts";

function answer(request: Request): Response {
  const { pathname } = new URL(request.url);
  return new Response(greeting(pathname.slice(1) || "World") + "\n");
}

addEventListener("fetch", (event) => event.respondWith(answer(event.request)));
