// A correct store on one event loop: answers in chunks as the runtime makes them, idle connections that it closes after
// a moment, and one fsync for all writes that wait. Each record is a line of JSON; a line that was cut short is dropped.
// An ETag is the number of its line.
const fs = require("fs"), http = require("http"), path = require("path");

const options = Object.fromEntries(process.argv.slice(2).map((word) => word.slice(2).split(/=(.*)/s)));
const file = path.join(options["working-dir"], "log");
let values = new Map();
let lines = 0;

const apply = (values, [key, value], line) => {
  if (key === null) values.clear();
  else if (value === null) values.delete(key);
  else values.set(key, { value: Buffer.from(value, "base64"), tag: `"${line}"` });
};

let whole = 0;
if (fs.existsSync(file)) {
  const data = fs.readFileSync(file);
  for (let end; (end = data.indexOf(10, whole)) >= 0; whole = end + 1) {
    apply(values, JSON.parse(data.subarray(whole, end)), ++lines);
  }
}
const log = fs.openSync(file, "a");
fs.ftruncateSync(log, whole);

let waiting = [];
const flush = () => {
  const batch = waiting;
  waiting = [];
  // Each sees what those before it do, and readers see none of it yet.
  const next = new Map(values);
  const written = batch.filter((write) => {
    const tag = next.get(write.record[0])?.tag, { match, missing } = write.condition;
    if ((match && match !== tag) || (missing && tag)) return false;
    apply(next, write.record, ++lines);
    write.tag = `"${lines}"`;
    return true;
  });
  fs.writeSync(log, written.map(({ record }) => JSON.stringify(record) + "\n").join(""));
  fs.fsyncSync(log);
  values = next;
  for (const { done, tag } of batch) done(tag);
};
const write = (record, condition, done) => {
  if (waiting.length === 0) setImmediate(flush);
  waiting.push({ record, condition, done });
};

const answer = (response, status, tag, ...body) => {
  response.writeHead(status, { "X-Powered-By": "an event loop", Vary: "*", ...(tag && { etag: tag }) });
  body.forEach((part) => response.write(part));
  response.end();
};

const server = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts), { method } = request;
    const target = request.url.split("?")[0];
    const say = (status, ...text) => answer(response, status, null, ...text);
    const done = (tag) => (tag ? answer(response, 200, method === "PUT" && tag) : say(412, "precondition", " failed"));
    const condition = { match: request.headers["if-match"], missing: request.headers["if-none-match"] };
    if (target === "/clear") return method === "DELETE" ? write([null, null], {}, done) : say(405, "method not allowed");
    if (!target.startsWith("/kv/")) return say(404, "nothing here");
    if (!["GET", "PUT", "DELETE"].includes(method)) return say(405, "method not allowed");
    const key = decodeURIComponent(target.slice(4));
    if (key === "") return say(400, "key cannot be empty");
    if (method === "DELETE") return write([key, null], condition, done);
    if (method === "PUT") {
      return body.length ? write([key, body.toString("base64")], condition, done) : say(400, "value cannot be empty");
    }
    const found = values.get(key);
    found ? answer(response, 200, found.tag, found.value.subarray(0, 1), found.value.subarray(1)) : say(404, "key not found", "\n");
  });
});
server.keepAliveTimeout = 50;
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 500);
});
server.listen(Number(options.port), "127.0.0.1");
