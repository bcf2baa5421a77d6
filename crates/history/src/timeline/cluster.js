"use strict";
/// The nodes below the clients, on the same clock: what each was, what was done to them, what they said to each other.
/// Nothing is drawn where the page knows of none.
function clusterBand(cluster, page) {
  const NODE = 30, CAPTION = 34, MOST = 900, LONG = 0.05;
  if (!cluster) return { height: 0, draw() {}, step() { return null; }, describe() { return []; } };
  const messages = cluster.messages.map(([from, to, sent, arrived, words, fate], place) => ({
    place, from, to, sent, arrived: arrived === null ? sent : arrived, words, fate,
  }));
  // In order of sending; what took long may still be on its way in a window that begins later.
  const long = messages.filter((message) => message.arrived - message.sent > LONG);

  function first(list, time) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].sent < time) low = middle + 1; else high = middle;
    }
    return low;
  }

  function within([from, to]) {
    const seen = long.filter((message) => message.sent < from && message.arrived >= from);
    for (let at = first(messages, from); at < messages.length && messages[at].sent <= to; at++) seen.push(messages[at]);
    return seen;
  }

  const lane = (top, node) => top + CAPTION + node * NODE + NODE / 2;

  function states(parts, top, wide) {
    for (const [node, from, to, state] of cluster.states) {
      const begins = Math.max(page.x(from), page.label), ends = Math.min(to === null ? wide : page.x(to), wide);
      if (ends <= begins) continue;
      const y = lane(top, node);
      parts.append(page.element("line", { x1: begins, x2: ends, y1: y, y2: y, class: "life " + state }));
    }
  }

  function deeds(parts, top, wide) {
    const until = [-Infinity, -Infinity];
    for (const [at, what] of cluster.deeds) {
      const x = page.x(at);
      if (x < page.label || x > wide) continue;
      parts.append(page.element("line", { x1: x, x2: x, y1: top + CAPTION - 4, y2: lane(top, cluster.nodes.length) - NODE / 2, class: "deed" }));
      const row = until.findIndex((end) => end < x);
      if (row < 0) continue;
      // At the right edge it stands before its line.
      const size = what.length * 6.7 + 8;
      const before = x + size > wide;
      if (before && x - size < Math.max(until[row], page.label)) continue;
      until[row] = before ? x : x + size;
      const attributes = { x: before ? x - 3 : x + 3, y: top + 11 + row * 12, class: "deed", "text-anchor": before ? "end" : "start" };
      parts.append(page.element("text", attributes, what));
    }
  }

  /// What there are too many of to be told apart: how many each node sent, as height.
  function crowd(parts, top, seen) {
    const columns = new Map();
    for (const message of seen) {
      const name = message.from + " " + Math.round(Math.max(page.x(message.sent), page.label));
      columns.set(name, (columns.get(name) || 0) + 1);
    }
    const most = Math.max(...columns.values());
    for (const [name, count] of columns) {
      const [node, x] = name.split(" ").map(Number);
      const size = Math.max(2, (NODE - 8) * Math.sqrt(count / most));
      parts.append(page.element("rect", { x, y: lane(top, node) - size / 2, width: 1, height: size, class: "crowd" }));
    }
  }

  function arrow(parts, top, message, chosen) {
    const stops = message.fate === "lost" ? 0.8 : 1;
    let x1 = page.x(message.sent), y1 = lane(top, message.from);
    const x2 = x1 + (page.x(message.arrived) - x1) * stops, y2 = y1 + (lane(top, message.to) - y1) * stops;
    if (x2 < page.label) return;
    if (x1 < page.label) {
      // It left before what is in sight.
      y1 += (y2 - y1) * (page.label - x1) / (x2 - x1);
      x1 = page.label;
    }
    const look = message.fate + (chosen ? " chosen" : "");
    parts.append(page.element("line", { x1, y1, x2, y2, class: "message " + look }));
    if (message.fate === "lost") parts.append(page.element("text", { x: x2 - 4, y: y2 + 4, class: "lost" }, "×"));
    else parts.append(page.element("circle", { cx: x2, cy: y2 + (y2 > y1 ? -3 : 3), r: 2.5, class: "head " + look }));
    // A line is hard to hit.
    parts.append(page.element("line", { x1, y1, x2, y2, class: "hit", "data-message": message.place }));
  }

  return {
    height: CAPTION + cluster.nodes.length * NODE + 6,
    draw(parts, top, wide, view, chosen) {
      deeds(parts, top, wide);
      cluster.nodes.forEach((name, node) => parts.append(page.element("text", { x: 4, y: lane(top, node) + 4, class: "dim" }, name)));
      states(parts, top, wide);
      const seen = within(view);
      if (seen.length > MOST) crowd(parts, top, seen);
      else for (const message of seen) arrow(parts, top, message, message.place === chosen);
      if (chosen !== null && seen.length > MOST) arrow(parts, top, messages[chosen], true);
    },
    /// The message after the chosen one, or before it; without one, the first in sight.
    step(chosen, by, view) {
      if (!messages.length) return null;
      const next = chosen === null ? first(messages, view[0]) : chosen + by;
      return Math.min(Math.max(next, 0), messages.length - 1);
    },
    message(place) { return messages[place]; },
    describe(place) {
      const message = messages[place];
      const who = cluster.nodes[message.from] + " → " + cluster.nodes[message.to];
      const how = { ok: "handed over", held: "held, handed over", lost: "lost", open: "not handed over before the end" }[message.fate];
      return [who + "  " + message.words, "+" + message.sent.toFixed(6) + "s, " + how + (message.fate === "open" ? "" : " at +" + message.arrived.toFixed(6) + "s")];
    },
  };
}
