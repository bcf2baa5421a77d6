// A server that does nothing yet: every line is answered with UNKNOWN_COMMAND.

import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { parseArgs } from "node:util";

const { values: args } = parseArgs({
  options: { port: { type: "string" }, "working-dir": { type: "string" } },
  strict: false, // later stages pass more
});
const port = Number(args.port);
const workingDir = args["working-dir"];
mkdirSync(workingDir, { recursive: true });

const server = createServer((socket) => {
  socket.setNoDelay(true); // answers leave at once
  socket.on("error", () => {}); // the client is gone: `close` follows
  let buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    // A packet may end anywhere, and hold many lines.
    buffer = Buffer.concat([buffer, chunk]);
    for (let end; (end = buffer.indexOf("\r\n")) >= 0; ) {
      const line = buffer.subarray(0, end);
      buffer = buffer.subarray(end + 2);
      answer(socket, line);
    }
  });
});

function answer(socket, line) {
  // Start here: line is a command, as bytes. A body that follows it is in the buffer, or not there yet.
  socket.write("UNKNOWN_COMMAND\r\n");
}

process.on("SIGTERM", () => process.exit(0));

// Node sets SO_REUSEADDR by itself.
server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${port}, data in ${workingDir}`);
});
