// The dependency graph: focus on a claim, its ancestors and descendants to a depth, filters, a link for every view,
// and the arrow keys. Layers and order are computed before; here what is shown is only moved together.
(() => {
  const svg = document.querySelector(".network");
  if (!svg) return;
  const byId = (id) => document.getElementById(id);
  const field = (name) => byId(`graph-${name}`);
  const names = ["focus", "depth", "paper", "place", "verdict", "tier"];
  const sides = ["below", "above"];
  const nodes = [...svg.querySelectorAll(".node")];
  const indexOf = new Map(nodes.map((node, k) => [node.dataset.id, k]));
  const home = nodes.map((node) => node.getAttribute("transform").match(/[\d.]+/g).map(Number));
  const whole = svg.getAttribute("viewBox");
  const near = { below: nodes.map(() => []), above: nodes.map(() => []) };
  const edges = [...svg.querySelectorAll(".edge")].map((line) => {
    const [from, to] = [Number(line.dataset.from), Number(line.dataset.to)];
    near.below[to].push(from);
    near.above[from].push(to);
    return { line, from, to };
  });
  const LABELLED = 140; // so many claims at most are shown with their names
  const ROW = 22;
  const LETTER = 6.7;
  const ROOM = 90; // between a column's longest name and the next column
  let at = home;
  let shown = new Set();
  let focus = -1;

  const reach = (start, next, depth) => {
    const found = new Set([start]);
    let edge = [start];
    for (let step = 0; step < depth && edge.length; step++) {
      edge = edge.flatMap((k) => next[k]).filter((k) => !found.has(k) && found.add(k));
    }
    return found;
  };

  const chosen = () => {
    const depth = Number(field("depth").value) || Infinity;
    let found = nodes.map((_, k) => k);
    if (focus >= 0) {
      const around = new Set([focus]);
      for (const side of sides) if (field(side).checked) reach(focus, near[side], depth).forEach((k) => around.add(k));
      found = [...around];
    }
    const place = words(field("place").value);
    return new Set(
      found.filter((k) => {
        const data = nodes[k].dataset;
        const fits = ["paper", "verdict", "tier"].every((key) => !field(key) || !field(key).value || data[key] === field(key).value);
        return k === focus || (fits && words(data.place).includes(place));
      }),
    );
  };
  const words = (text) => ` ${text.toLowerCase().replace(/[^\w.]+/g, " ").trim()} `.replace(/^ +$/, "");

  // Columns keep their order; what is not shown leaves no room.
  const together = () => {
    const columns = new Map();
    for (const k of [...shown].sort((a, b) => home[a][1] - home[b][1])) {
      const layer = Number(nodes[k].dataset.layer);
      columns.set(layer, [...(columns.get(layer) || []), k]);
    }
    const longest = Math.max(...[...columns.values()].map((column) => column.length), 1);
    const places = home.slice();
    let left = 16;
    [...columns.keys()].sort((a, b) => a - b).forEach((layer, j) => {
      const column = columns.get(layer);
      const top = ((longest - column.length) * ROW) / 2 + ((j % 2) * ROW) / 2; // half a row, so that lines part
      column.forEach((k, i) => (places[k] = [left, 18 + top + i * ROW]));
      left += Math.max(...column.map(widthOf)) + ROOM;
    });
    return { places, width: left - ROOM + 20, height: longest * ROW + ROW };
  };
  const widthOf = (k) => 12 + LETTER * nodes[k].dataset.id.length;

  const draw = () => {
    shown = chosen();
    const labelled = focus >= 0 || shown.size <= LABELLED;
    const close = labelled ? together() : null;
    at = close ? close.places : home;
    svg.classList.toggle("labelled", labelled);
    svg.setAttribute("viewBox", close ? `0 0 ${close.width} ${close.height}` : whole);
    svg.setAttribute("width", close ? close.width : whole.split(" ")[2]);
    svg.setAttribute("height", close ? close.height : whole.split(" ")[3]);
    nodes.forEach((node, k) => {
      node.classList.toggle("away", !shown.has(k));
      node.classList.toggle("focus", k === focus);
      node.setAttribute("transform", `translate(${at[k][0]} ${at[k][1]})`);
      node.setAttribute("tabindex", "-1");
    });
    for (const { line, from, to } of edges) {
      line.classList.toggle("away", !shown.has(from) || !shown.has(to));
      const [[a, b], [c, d]] = [at[from], at[to]];
      const start = labelled ? a + widthOf(from) : a;
      const half = (start + c) / 2;
      line.setAttribute("d", `M${start} ${b}C${half} ${b} ${half} ${d} ${c} ${d}`);
    }
    const first = focus >= 0 ? focus : [...shown][0];
    if (first !== undefined) nodes[first].setAttribute("tabindex", "0");
    const pane = svg.parentElement;
    if (focus >= 0) pane.scrollTo(at[focus][0] - pane.clientWidth / 2, at[focus][1] - pane.clientHeight / 2);
    field("count").value = `${shown.size} of ${nodes.length} claims`;
    tell();
  };

  const link = (k) => {
    const a = document.createElement("a");
    a.href = address({ focus: nodes[k].dataset.id });
    a.className = "id";
    a.textContent = nodes[k].dataset.id;
    return a;
  };

  // The claim in focus in words: what it is, what it rests on and what rests on it, each a link to its own view.
  const tell = () => {
    const told = field("told");
    told.replaceChildren();
    if (focus < 0) return;
    const { id, place, verdict, tier } = nodes[focus].dataset;
    const head = document.createElement("p");
    const own = document.createElement("a");
    own.href = nodes[focus].getAttribute("href");
    own.textContent = `Read ${id}`;
    head.append(own, ` ${place}: ${verdict}, ${tier}`);
    told.append(head);
    for (const [side, words] of [["below", "rests on"], ["above", "carries"]]) {
      const line = document.createElement("p");
      line.append(`${words} `, ...near[side][focus].flatMap((k, j) => (j ? [", ", link(k)] : [link(k)])));
      if (!near[side][focus].length) line.append("nothing here");
      told.append(line);
    }
  };

  const address = (change = {}) => {
    const view = new URLSearchParams();
    for (const name of names) {
      const value = name in change ? change[name] : field(name) && field(name).value;
      if (value && !(name === "depth" && value === field("depth").dataset.usual)) view.set(name, value);
    }
    for (const side of sides) if (!field(side).checked) view.set(side, "no");
    return `#graph${`${view}` && `?${view}`}`;
  };

  const keep = (push) => {
    const link = address();
    if (link === location.hash) return;
    if (push) history.pushState(null, "", link);
    else history.replaceState(null, "", link);
  };

  const read = () => {
    const [place, query] = location.hash.slice(1).split("?");
    if (place !== "graph") return false;
    const view = new URLSearchParams(query || "");
    for (const name of names) if (field(name)) field(name).value = view.get(name) || field(name).dataset.usual || "";
    for (const side of sides) field(side).checked = view.get(side) !== "no";
    focus = indexOf.has(field("focus").value) ? indexOf.get(field("focus").value) : -1;
    draw();
    return true;
  };

  const focusOn = (k) => {
    focus = k;
    field("focus").value = k < 0 ? "" : nodes[k].dataset.id;
    draw();
    keep(true);
  };

  const light = (k) => {
    nodes.forEach((node, j) => node.classList.toggle("near", k >= 0 && (near.below[k].includes(j) || near.above[k].includes(j))));
    edges.forEach(({ line, from, to }) => line.classList.toggle("near", k >= 0 && (from === k || to === k)));
  };

  const beside = (k, step) => {
    const column = [...shown].filter((j) => at[j][0] === at[k][0]).sort((a, b) => at[a][1] - at[b][1]);
    return column[column.indexOf(k) + step];
  };
  const steps = {
    ArrowLeft: (k) => near.below[k].find((j) => shown.has(j)),
    ArrowRight: (k) => near.above[k].find((j) => shown.has(j)),
    ArrowUp: (k) => beside(k, -1),
    ArrowDown: (k) => beside(k, 1),
  };

  svg.addEventListener("keydown", (event) => {
    const k = nodes.indexOf(event.target.closest(".node"));
    if (k < 0) return;
    if (event.key === "Escape") focusOn(-1);
    const next = steps[event.key] ? steps[event.key](k) : undefined;
    if (event.key in steps) event.preventDefault();
    if (next === undefined) return;
    nodes[k].setAttribute("tabindex", "-1");
    nodes[next].setAttribute("tabindex", "0");
    nodes[next].focus();
  });
  svg.addEventListener("click", (event) => {
    const k = nodes.indexOf(event.target.closest(".node"));
    if (k < 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    focusOn(k);
    nodes[k].focus();
  });
  for (const [event, lit] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
    svg.addEventListener(event, ({ target }) => light(lit ? nodes.indexOf(target.closest(".node")) : -1));
  }
  byId("graph-form").addEventListener("submit", (event) => event.preventDefault());
  byId("graph-form").addEventListener("input", ({ target }) => {
    if (target === field("focus")) {
      if (target.value && !indexOf.has(target.value)) return;
      return focusOn(target.value ? indexOf.get(target.value) : -1);
    }
    draw();
    keep(false);
  });
  field("whole").addEventListener("click", () => {
    for (const name of names) if (field(name)) field(name).value = field(name).dataset.usual || "";
    sides.forEach((side) => (field(side).checked = true));
    focusOn(-1);
  });
  addEventListener("hashchange", read);
  if (!read()) draw();
})();
