// Serves a component for WASI 0.3, which `jco serve` does not, transpiled into `app`.
import { HttpServer } from "@bytecodealliance/preview3-shim/http";
import { handler } from "./app/component.js";

// What a transpiled function returns is the value of its result alone.
const handle = async (request) => ({ tag: "ok", val: await handler.handle(request) });
const server = new HttpServer({ handle });
server.on("error", console.error);
await server.listen(Number(process.argv[2]), "127.0.0.1");
