// A correct store on one event loop: answers in chunks as the runtime makes them, idle connections that it closes after
// a moment, and one fsync for all writes that wait. Each record is a line of JSON; a line that was cut short is dropped.
const fs = require("fs"), http = require("http"), path = require("path");

const options = Object.fromEntries(process.argv.slice(2).map((word) => word.slice(2).split(/=(.*)/s)));
const file = path.join(options["working-dir"], "log");
const values = new Map();

const apply = ([key, value]) => {
  if (key === null) values.clear();
  else if (value === null) values.delete(key);
  else values.set(key, Buffer.from(value, "base64"));
};

let whole = 0;
if (fs.existsSync(file)) {
  const data = fs.readFileSync(file);
  for (let end; (end = data.indexOf(10, whole)) >= 0; whole = end + 1) apply(JSON.parse(data.subarray(whole, end)));
}
const log = fs.openSync(file, "a");
fs.ftruncateSync(log, whole);

let waiting = [];
const flush = () => {
  const batch = waiting;
  waiting = [];
  fs.writeSync(log, batch.map(({ record }) => JSON.stringify(record) + "\n").join(""));
  fs.fsyncSync(log);
  for (const { record, done } of batch) apply(record), done();
};
const write = (record, done) => {
  if (waiting.length === 0) setImmediate(flush);
  waiting.push({ record, done });
};

const answer = (response, status, ...body) => {
  response.writeHead(status, { "X-Powered-By": "an event loop", Vary: "*" });
  body.forEach((part) => response.write(part));
  response.end();
};

const server = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts), { method } = request;
    const target = request.url.split("?")[0];
    const ok = () => answer(response, 200);
    if (target === "/clear") return method === "DELETE" ? write([null, null], ok) : answer(response, 405, "method not allowed");
    if (!target.startsWith("/kv/")) return answer(response, 404, "nothing here");
    if (!["GET", "PUT", "DELETE"].includes(method)) return answer(response, 405, "method not allowed");
    const key = decodeURIComponent(target.slice(4));
    if (key === "") return answer(response, 400, "key cannot be empty");
    if (method === "DELETE") return write([key, null], ok);
    if (method === "PUT") {
      return body.length ? write([key, body.toString("base64")], ok) : answer(response, 400, "value cannot be empty");
    }
    const value = values.get(key);
    value ? answer(response, 200, value.subarray(0, 1), value.subarray(1)) : answer(response, 404, "key not found", "\n");
  });
});
server.keepAliveTimeout = 50;
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 500);
});
server.listen(Number(options.port), "127.0.0.1");
