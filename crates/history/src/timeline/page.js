(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const chart = document.getElementById("chart");
  const cluster = JSON.parse(document.getElementById("cluster").textContent);
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const LANE = 18, BAR = 13, LABEL = 44, AXIS = 22, STRIP = 14;

  const operations = data.operations.map((row, place) => {
    const [lane, called, returned, did, outcome, keys, node, client, note] = row;
    // One that was never answered, and of which nobody knows when its client gave up, is a stub.
    return { place, lane, called, returned, end: returned === null ? called : returned, did, outcome, keys, node, client, note };
  });
  const marked = new Set(data.marked);
  const ends = operations.map((op) => op.end).concat(data.faults.map((fault) => fault.to === null ? fault.from : fault.to));
  const first = operations.reduce((least, op) => Math.min(least, op.called), Infinity);
  const last = ends.reduce((most, end) => Math.max(most, end), 0);
  const whole = operations.length ? pad(first, last, 0.01) : [0, 1];

  // Operations of each lane in order, and the rows in which faults are named without covering each other.
  const lanes = data.lanes.map(() => []);
  for (const op of operations) lanes[op.lane].push(op);
  for (const lane of lanes) lane.sort((one, other) => one.called - other.called);
  document.getElementById("shared").hidden = !data.lanes.some((name) => name.endsWith("+"));
  const strips = [];
  const faults = data.faults.map((fault) => {
    const to = fault.to === null ? Math.max(last, fault.from) : fault.to;
    let strip = strips.findIndex((until) => until < fault.from);
    if (strip < 0) strip = strips.push(0) - 1;
    strips[strip] = to;
    return { ...fault, end: to, strip };
  });
  const top = AXIS + strips.length * STRIP + 4;
  const middle = top + data.lanes.length * LANE + 6;
  const band = clusterBand(cluster, { x, element, label: LABEL });
  const height = middle + band.height;

  let view = whole.slice();
  let key = -1, chosen = null, message = null, asked = false;

  function pad(from, to, share) {
    const more = Math.max((to - from) * share, 1e-6);
    return [from - more, to + more];
  }

  function element(name, attributes, text) {
    const made = document.createElementNS(NAMESPACE, name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  for (const one of document.querySelectorAll(".cluster")) one.hidden = !cluster;
  if (cluster && cluster.leftOut) document.getElementById("left-out").textContent = " · " + cluster.leftOut + " messages before or after these are left out";
  const svg = element("svg", { height });
  chart.append(svg);

  function width() { return Math.max(chart.clientWidth, 200); }
  function x(time) { return LABEL + (time - view[0]) / (view[1] - view[0]) * (width() - LABEL); }
  function time(at) { return view[0] + (at - LABEL) / (width() - LABEL) * (view[1] - view[0]); }

  /// The digits that tell two neighbouring marks of the axis apart.
  function seconds(at, step) {
    const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(step))));
    return (at < 0 ? "−" : "+") + Math.abs(at).toFixed(digits) + "s";
  }

  function draw() {
    asked = false;
    const parts = document.createDocumentFragment();
    const wide = width();
    axis(parts, wide);
    bands(parts, wide);
    for (let lane = 0; lane < lanes.length; lane++) {
      const middle = top + lane * LANE + LANE / 2;
      parts.append(element("text", { x: 4, y: middle + 4, class: "dim" }, data.lanes[lane]));
      parts.append(element("line", { x1: LABEL, x2: wide, y1: middle, y2: middle, class: "grid" }));
      drawLane(parts, lanes[lane], top + lane * LANE + (LANE - BAR) / 2, wide);
    }
    band.draw(parts, middle, wide, view, message);
    svg.replaceChildren(parts);
    document.getElementById("window").textContent = seconds(view[0], (view[1] - view[0]) / 100) + " to " + seconds(view[1], (view[1] - view[0]) / 100);
  }

  function axis(parts, wide) {
    const span = view[1] - view[0];
    const rough = span / Math.max(2, (wide - LABEL) / 110);
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough);
    for (let mark = Math.ceil(view[0] / step) * step; mark <= view[1]; mark += step) {
      const at = x(mark);
      parts.append(element("line", { x1: at, x2: at, y1: AXIS - 6, y2: height, class: "grid" }));
      parts.append(element("text", { x: at + 3, y: AXIS - 8, class: "dim" }, seconds(mark, step)));
    }
  }

  function bands(parts, wide) {
    for (const fault of faults) {
      const from = Math.max(x(fault.from), LABEL), to = Math.min(x(fault.end), wide);
      if (to < LABEL || from > wide) continue;
      const size = Math.max(to - from, 1), y = AXIS + fault.strip * STRIP;
      parts.append(element("rect", { x: from, y: top, width: size, height: height - top, class: "band " + fault.kind }));
      parts.append(element("rect", { x: from, y, width: size, height: STRIP - 2, class: "band strip " + fault.kind }));
      const short = fault.kind + " " + fault.nodes.join(",");
      const text = [fault.what, short, fault.kind].find((text) => text.length * 6.7 + 6 < size);
      if (text) parts.append(element("text", { x: from + 3, y: y + 10, class: "inside" }, text));
    }
  }

  function drawLane(parts, lane, y, wide) {
    // The first that can be seen: ends are in order within a lane, as a client does one thing at a time.
    let low = 0, high = lane.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lane[middle].end < view[0]) low = middle + 1; else high = middle;
    }
    let dense = null;
    const later = [];
    const flush = () => {
      if (dense) parts.append(element("rect", { x: dense.from, y, width: Math.max(dense.to - dense.from, 1), height: BAR, class: "op dense " + dense.outcome }));
      dense = null;
    };
    for (let at = low; at < lane.length && lane[at].called <= view[1]; at++) {
      const op = lane[at];
      const from = Math.max(x(op.called), LABEL), to = Math.min(x(op.end), wide);
      const hidden = key >= 0 && !op.keys.includes(key) && !marked.has(op.place);
      // What is narrower than a pixel is drawn together with its neighbours.
      const stub = op.returned === null;
      if (to - from < 2 && !stub && !marked.has(op.place) && op !== chosen) {
        if (hidden) continue;
        if (dense && from - dense.to < 1.5 && dense.outcome === op.outcome) { dense.to = Math.max(dense.to, to); continue; }
        flush();
        dense = { from, to: Math.max(to, from + 1), outcome: op.outcome };
        continue;
      }
      flush();
      later.push([op, from, Math.max(to, from + (stub ? 10 : 3)), hidden]);
    }
    flush();
    for (const [op, from, to, hidden] of later) {
      let look = "op " + op.outcome;
      if (hidden) look += " other";
      if (marked.has(op.place)) look += " marked";
      if (op.place === data.culprit) look += " culprit";
      if (op === chosen) look += " chosen";
      if (op.outcome === "unknown" && !hidden) parts.append(element("line", { x1: to, x2: to + 22, y1: y + BAR / 2, y2: y + BAR / 2, class: "open" }));
      parts.append(element("rect", { x: from, y, width: to - from, height: BAR, rx: 2, class: look, "data-place": op.place }));
      if (!hidden) {
        const full = (op.node ? op.node + " " : "") + op.did;
        const text = [full, op.did, op.did.split(" ").pop()].find((text) => text.length * 6.7 + 6 < to - from);
        if (text) parts.append(element("text", { x: from + 3, y: y + 10, class: "inside" }, text));
      }
    }
  }

  function ask() {
    if (!asked) { asked = true; requestAnimationFrame(draw); }
  }

  function show(from, to) {
    const least = 2e-6, most = (whole[1] - whole[0]) * 1.2;
    const middle = (from + to) / 2, half = Math.min(Math.max(to - from, least), most) / 2;
    view = [middle - half, middle + half];
    ask();
  }

  function zoom(by, at) {
    const center = at === undefined ? (view[0] + view[1]) / 2 : at;
    show(center - (center - view[0]) * by, center + (view[1] - center) * by);
  }

  function move(share) {
    const by = (view[1] - view[0]) * share;
    view = [view[0] + by, view[1] + by];
    ask();
  }

  function violation() {
    const wrong = operations.filter((op) => marked.has(op.place));
    if (!wrong.length) return;
    const from = Math.min(...wrong.map((op) => op.called)), to = Math.max(...wrong.map((op) => op.end));
    show(...pad(from, to, 0.25));
    choose(operations[data.culprit === null ? wrong[0].place : data.culprit]);
  }

  function chooseMessage(place) {
    message = place;
    if (place === null) return;
    chosen = null;
    const { sent, arrived } = band.message(place), half = (view[1] - view[0]) / 2;
    if (sent < view[0] || sent > view[1]) view = [sent - half, sent + half];
    tell(band.describe(place), sent, arrived);
  }

  function choose(op) {
    [chosen, message] = [op, null];
    const lines = [];
    if (op) {
      lines.push("client " + op.client + (op.node ? "  " + op.node : "") + "  " + (op.keys.length === 1 ? data.keys[op.keys[0]] + "  " : "") + op.did + "  " + op.outcome + (op.note ? "  (" + op.note + ")" : ""));
      lines.push("+" + op.called.toFixed(6) + "s to " + (op.returned === null ? "the end: no answer" : "+" + op.returned.toFixed(6) + "s") + (op.outcome === "unknown" ? ", and open to the end" : ""));
    }
    tell(lines, op ? op.called : 0, op ? op.end : 0);
  }

  function tell(lines, from, to) {
    const during = faults.filter((fault) => fault.from <= to && fault.end >= from).map((fault) => fault.what);
    if (lines.length && during.length) lines.push("meanwhile: " + during.join("; "));
    document.getElementById("detail").textContent = lines.join("\n") || "\u00a0";
    ask();
  }

  const select = document.getElementById("key");
  select.append(new Option("all", -1));
  data.keys.forEach((name, number) => select.append(new Option(name, number)));
  select.addEventListener("change", () => { key = Number(select.value); ask(); });
  document.getElementById("violation").addEventListener("click", violation);
  document.getElementById("violation").hidden = !marked.size;
  document.getElementById("all").addEventListener("click", () => show(...whole));
  document.getElementById("in").addEventListener("click", () => zoom(0.5));
  document.getElementById("out").addEventListener("click", () => zoom(2));
  chart.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(event.deltaY / 200), time(event.clientX - chart.getBoundingClientRect().left));
  }, { passive: false });
  chart.addEventListener("keydown", (event) => {
    const keys = { ArrowLeft: () => move(-0.2), ArrowRight: () => move(0.2), "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), Home: () => show(...whole), "]": () => chooseMessage(band.step(message, 1, view)), "[": () => chooseMessage(band.step(message, -1, view)) };
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  let grip = null;
  chart.addEventListener("pointerdown", (event) => { if (event.button === 0 && event.target instanceof Element) grip = { x: event.clientX, view: view.slice(), moved: false, target: event.target }; });
  addEventListener("pointermove", (event) => {
    if (!grip) return;
    const by = event.clientX - grip.x;
    if (!grip.moved && Math.abs(by) < 4) return;
    grip.moved = true;
    chart.classList.add("dragged");
    const shift = by / (width() - LABEL) * (grip.view[1] - grip.view[0]);
    view = [grip.view[0] - shift, grip.view[1] - shift];
    ask();
  });
  addEventListener("pointerup", () => {
    if (grip && !grip.moved) {
      const place = grip.target.getAttribute("data-place"), said = grip.target.getAttribute("data-message");
      if (said !== null) chooseMessage(Number(said));
      else choose(place === null ? null : operations[Number(place)]);
    }
    grip = null;
    chart.classList.remove("dragged");
  });
  addEventListener("resize", ask);
  if (marked.size) {
    const wrong = operations[data.culprit === null ? data.marked[0] : data.culprit];
    key = data.keys.length > 1 && wrong.keys.length === 1 ? wrong.keys[0] : -1;
    select.value = key;
    violation();
  }
  draw();
})();
