// A server that does nothing yet: every request is answered with 501.

import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

const { values: args } = parseArgs({
  options: { port: { type: "string" }, "working-dir": { type: "string" } },
  strict: false, // later stages pass more
});
const port = Number(args.port);
const workingDir = args["working-dir"];
mkdirSync(workingDir, { recursive: true });

const server = createServer((request, response) => {
  // Read the body even when it is not needed: the next request follows it.
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => answer(request, Buffer.concat(chunks), response));
});

function answer(request, body, response) {
  // Start here: request.method is the method, request.url the path, body the bytes sent.
  reply(response, 501, "not implemented\n");
}

function reply(response, status, body) {
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

// Node closes a connection that was idle for 5 s, perhaps while the next request is on its way.
server.keepAliveTimeout = 60_000;

process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

// Node sets SO_REUSEADDR by itself.
server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${port}, data in ${workingDir}`);
});
