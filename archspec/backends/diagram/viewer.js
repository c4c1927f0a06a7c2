"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const NS = "http://www.w3.org/2000/svg";
  const $ = (id) => document.getElementById(id);
  const stage = $("stage"), world = $("world"), panel = $("panel"), found = $("found");
  const INSET = 14, STRIP = 26, PORTS = 16, BEHIND = 8;
  const open = new Set(data.open);
  let view = { x: 24, y: 24, k: 1 }, hits = [], hit = -1, told = -1, drawn = new Map();

  const make = (tag, attributes, parent, text) => {
    const element = document.createElementNS(NS, tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    if (text !== undefined) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  const stripOf = (flow) => STRIP + (flow.ports.length ? PORTS : 0);

  // Opening a frame makes room: everything beyond a cut moves by what is added there, so that nothing changes sides.
  const stretch = (wants) => {
    const cuts = [];
    for (const [from, to, at, need] of wants.sort((a, b) => a[0] - b[0])) {
      const has = cuts.reduce((sum, cut) => sum + (cut.at > from && cut.at < to ? cut.add : 0), to - from);
      if (has < need) cuts.push({ at, add: need - has });
    }
    cuts.sort((a, b) => a.at - b.at);
    const places = cuts.map((cut) => cut.at), sums = [0];
    for (const cut of cuts) sums.push(sums[sums.length - 1] + cut.add);
    return (value) => {
      let low = 0, high = places.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (places[middle] < value) low = middle + 1; else high = middle;
      }
      return value + sums[low];
    };
  };

  const layOut = (id) => {
    const flow = data.flows[id], across = [], along = [], inner = new Map();
    for (const card of flow.cards) {
      if (!card.f || !open.has(card.f)) continue;
      const sub = layOut(card.f), axis = card.x + card.w / 2, more = card.n > 1 ? BEHIND : 0;
      inner.set(card.i, sub);
      across.push([card.x, axis, card.x + 0.5, sub.left], [axis, card.x + card.w, card.x + card.w - 0.5, sub.right + more]);
      along.push([card.y, card.y + card.h, card.y + card.h - 0.5, sub.height]);
    }
    const X = stretch(across), Y = stretch(along);
    const places = flow.cards.map((card) => {
      const sub = inner.get(card.i), axis = X(card.x + card.w / 2);
      if (sub && card.z) {
        // Lines come in beside the axis: the frame is as broad there as the card would be.
        sub.left = Math.max(sub.left, axis - X(card.x));
        sub.right = Math.max(sub.right, X(card.x + card.w) - axis);
      }
      if (sub) return { card, sub, x: axis - sub.left, y: Y(card.y), w: sub.left + sub.right, h: sub.height };
      const x = card.z ? X(card.x) : axis - card.w / 2;
      return { card, x, y: Y(card.y + card.h / 2) - card.h / 2, w: card.z ? X(card.x + card.w) - x : card.w, h: card.h };
    });
    const frame = data.frames[id], axis = X(flow.axis), width = X(flow.w);
    const half = frame ? (frame.w + 12) / 2 : 0, ports = flow.ports.length ? Math.max(...flow.ports.map(Math.abs)) + 50 : 0;
    return {
      flow, places, X, Y, axis, height: Y(flow.h) + (frame ? stripOf(flow) : 0),
      left: Math.max(axis + INSET, half, ports), right: Math.max(width - axis + INSET, half, ports),
    };
  };

  // --- drawing ---------------------------------------------------------------------------------------------------

  const path = (points) => {
    let d = "M" + points[0];
    for (let i = 1; i < points.length - 1; i++) {
      const [a, b, c] = [points[i - 1], points[i], points[i + 1]];
      const one = Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]), two = Math.abs(c[0] - b[0]) + Math.abs(c[1] - b[1]);
      const r = Math.min(7, one / 2, two / 2);
      if (!(r > 0)) continue;
      const near = (q, length) => [b[0] + ((q[0] - b[0]) * r) / length, b[1] + ((q[1] - b[1]) * r) / length];
      d += "L" + near(a, one) + "Q" + b + " " + near(c, two);
    }
    return d + "L" + points[points.length - 1];
  };

  const line = (layout, [skip, arrow, from, to, flat, became], parent) => {
    const points = [];
    for (let i = 0; i < flat.length; i += 2) points.push([layout.X(flat[i]), layout.Y(flat[i + 1])]);
    const first = points[0], last = points[points.length - 1], before = points[points.length - 2];
    if (from >= 0) first[1] = layout.places[from].y + layout.places[from].h;
    if (to >= 0) {
      const place = layout.places[to];
      if (before[0] === last[0]) last[1] = place.y;
      else last[0] = before[0] < last[0] ? place.x : place.x + place.w;
    }
    const kind = became || (skip ? "skip" : "line");
    if (arrow) {
      const length = Math.hypot(last[0] - before[0], last[1] - before[1]) || 1;
      const [ux, uy] = [(last[0] - before[0]) / length, (last[1] - before[1]) / length];
      const at = (back, side) => [last[0] - ux * back - uy * side, last[1] - uy * back + ux * side];
      make("path", { d: "M" + last + "L" + at(8, 3.5) + "L" + at(8, -3.5) + "Z", class: kind + " tip" }, parent);
      points[points.length - 1] = at(6, 0);
    }
    make("path", { d: path(points), class: kind }, parent);
  };

  const text = (x, y, size, words, kind, parent, more) =>
    make("text", { x, y: y + size * 0.35, "font-size": size, class: kind, ...more }, parent, words);

  const firstRow = (place, face, group, height) => {
    const { x, y, w, card } = place, middle = y + height / 2, folds = card.f !== null;
    let at = x + 10 + (folds ? 12 : 6);
    if (folds) {
      const a = x + 10;
      const d = place.sub ? `M${a} ${middle - 2.5}h7l-3.5 5.5Z` : `M${a + 1} ${middle - 3.5}l5.5 3.5l-5.5 3.5Z`;
      make("path", { d, class: "mark" }, group);
    }
    text(at, middle, 13, face.t, "title", group);
    at += face.tw + 7;
    if (face.d) text(at, middle, 12, face.d, "words", group);
    let end = x + w - 10;
    if (face.b) {
      make("rect", { x: end - face.bw, y: middle - 9, width: face.bw, height: 18, rx: 9, class: "badge" }, group);
      text(end - face.bw / 2, middle, 11, face.b, "badge-text", group, { "text-anchor": "middle" });
      end -= face.bw + 7;
    }
    if (face.a) text(end, middle, 11, face.a, "quiet", group, { "text-anchor": "end" });
  };

  const card = (place, parent) => {
    const { card, x, y, w, h, sub } = place, face = sub ? data.frames[card.f] : card, folds = card.f !== null;
    const group = make("g", { class: `card ${card.c} ${card.k}` + (card.s ? " dashed" : "") + (sub ? " open" : ""), tabindex: 0 }, parent);
    group.dataset.id = card.i;
    make("title", {}, group, card.o);
    group.setAttribute("role", "button");
    group.setAttribute("aria-label", [face.t, face.d, face.a, face.b].filter(Boolean).join(" "));
    if (folds) group.setAttribute("aria-expanded", !!sub);
    drawn.set(card.i, group);
    if (card.m) make("rect", { x: x - 3, y: y - 3, width: w + 6, height: h + 6, rx: 9, class: "ring " + card.m }, group);
    if (card.n > 1) for (const by of [8, 4]) make("rect", { x: x + by, y: y + by, width: w, height: h, rx: sub ? 10 : 6, class: "box" }, group);
    if (card.k === "sign") {
      make("circle", { cx: x + w / 2, cy: y + h / 2, r: w / 2, class: "sign-box" }, group);
      text(x + w / 2, y + h / 2, 17, card.t, "title", group, { "text-anchor": "middle" });
      return;
    }
    make("rect", { x, y, width: w, height: h, rx: sub ? 10 : 6, class: "box" }, group);
    if (!folds) make("path", { d: `M${x + 6} ${y}q-6 0 -6 6v${h - 12}q0 6 6 6Z`, class: "stripe" }, group);
    firstRow(place, face, group, sub ? STRIP : 28);
    if (!sub && card.r) {
      make("path", { d: `M${x + 6} ${y + 28}H${x + w}`, class: "rule" }, group);
      text(x + 16, y + 36.5, 11, card.r, "words", group);
    }
    if (!sub) return;
    const top = stripOf(sub.flow), inside = make("g", { transform: `translate(${x + sub.left - sub.axis} ${y + top})` }, parent);
    make("path", { d: `M${x} ${y + top}H${x + w}`, class: "rule" }, group);
    face.p.forEach((name, i) => text(x + sub.left + sub.flow.ports[i], y + STRIP + 9, 10.5, name, "quiet", group, { "text-anchor": "middle" }));
    draw(sub, inside);
  };

  const draw = (layout, parent) => {
    for (const item of layout.flow.lines) line(layout, item, parent);
    for (const [x, y] of layout.flow.forks) make("circle", { cx: layout.X(x), cy: layout.Y(y), r: 2.6, class: "fork" }, parent);
    for (const [words, x, y] of layout.flow.labels) text(layout.X(x - 7) + 7, layout.Y(y + 10) - 10, 10.5, words, "quiet", parent);
    // In the order of execution, for that is the order of the Tab key.
    for (const place of layout.places) card(place, parent);
  };

  const render = () => {
    drawn = new Map();
    const layout = layOut("page");
    world.replaceChildren();
    draw(layout, world);
    stage.dataset.width = layout.X(layout.flow.w);
    stage.dataset.height = layout.height;
    mark();
    move();
  };

  // --- moving about ----------------------------------------------------------------------------------------------

  const move = () => world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);
  const zoom = (factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) => {
    const k = Math.min(6, Math.max(0.03, view.k * factor));
    view = { x: x - ((x - view.x) * k) / view.k, y: y - ((y - view.y) * k) / view.k, k };
    move();
  };
  const fit = (whole) => {
    const high = whole ? (stage.clientHeight - 48) / stage.dataset.height : 1;
    const k = Math.min(1.2, (stage.clientWidth - 48) / stage.dataset.width, high);
    view = { k, x: (stage.clientWidth - stage.dataset.width * k) / 2, y: 24 };
    move();
  };
  const screen = (id) => drawn.get(id)?.getBoundingClientRect();

  const center = (id) => {
    const box = screen(id), frame = stage.getBoundingClientRect();
    view.x += frame.left + frame.width / 2 - box.left - box.width / 2;
    view.y += frame.top + frame.height / 2 - box.top - Math.min(box.height, frame.height) / 2;
    move();
  };

  const toggle = (id, flow) => {
    const before = screen(id);
    if (!open.delete(flow)) open.add(flow);
    render();
    const after = screen(id);
    if (before && after) {
      view.x += before.left + before.width / 2 - after.left - after.width / 2;
      view.y += before.top - after.top;
      move();
    }
    drawn.get(id)?.focus({ preventScroll: true });
  };

  // --- what is asked for -----------------------------------------------------------------------------------------

  const all = Object.entries(data.flows).flatMap(([flow, { cards }]) => cards.map((card) => ({ card, flow })));
  const byId = new Map(all.map(({ card, flow }) => [card.i, { card, flow }]));
  const homes = new Map(all.filter(({ card }) => card.f).map(({ card, flow }) => [card.f, flow]));

  const tell = (card) => {
    told = card.i;
    panel.hidden = false;
    $("what").textContent = card.o;
    $("source").textContent = data.lines[card.l] !== undefined ? card.l + "  " + data.lines[card.l] : "";
  };
  const mark = () => {
    const wanted = new Set(hits.map(({ card }) => card.i));
    for (const [id, group] of drawn) group.classList.toggle("hit", wanted.has(id));
  };
  const search = () => {
    const words = $("search").value.trim().toLowerCase();
    hits = words ? all.filter(({ card }) => (card.t + " " + card.d + "\n" + card.o).toLowerCase().includes(words)) : [];
    hit = -1;
    found.textContent = words ? hits.length + " found" : "";
    mark();
  };
  const next = () => {
    if (!hits.length) return;
    hit = (hit + 1) % hits.length;
    const { card, flow } = hits[hit];
    for (let home = flow; home && home !== "page"; home = homes.get(home)) open.add(home);
    render();
    center(card.i);
    found.textContent = hit + 1 + " of " + hits.length;
    tell(card);
  };
  const press = (group) => {
    const { card } = byId.get(+group.dataset.id);
    tell(card);
    if (card.f) toggle(card.i, card.f);
  };

  // What the Tab key comes to is brought into sight here; the browser would scroll the page instead. The listener is
  // the parent's: one of its own would make the drawing a place that the Tab key comes to.
  stage.parentElement.addEventListener("focusin", (event) => {
    const id = +event.target.dataset.id, box = screen(id), frame = stage.getBoundingClientRect();
    stage.parentElement.scrollTo(0, 0);
    if (box && (box.right < frame.left || box.left > frame.right || box.bottom < frame.top || box.top > frame.bottom)) center(id);
  });
  const hide = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    drawn.get(told)?.focus({ preventScroll: true });
  };

  let drag = null;
  stage.addEventListener("pointerdown", (event) => { drag = { x: event.clientX, y: event.clientY, far: false }; });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.far && Math.hypot(dx, dy) < 4) return;
    view.x += dx;
    view.y += dy;
    drag = { x: event.clientX, y: event.clientY, far: true };
    move();
  });
  addEventListener("pointerup", (event) => {
    const still = drag && !drag.far, group = event.target.closest?.("g.card");
    drag = null;
    if (still && group) press(group);
  });
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const frame = stage.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 400), event.clientX - frame.left, event.clientY - frame.top);
  }, { passive: false });
  addEventListener("keydown", (event) => {
    if (event.target.tagName === "INPUT") {
      if (event.key === "Enter") next();
      if (event.key === "Escape") { event.target.value = ""; search(); }
      return;
    }
    // With these, a key is the browser's.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const group = event.target.closest?.("g.card"), step = 60;
    const keys = {
      "+": () => zoom(1.2), "-": () => zoom(1 / 1.2), 0: () => fit(true), "/": () => $("search").focus(), Escape: hide,
      ArrowLeft: () => { view.x += step; move(); }, ArrowRight: () => { view.x -= step; move(); },
      ArrowUp: () => { view.y += step; move(); }, ArrowDown: () => { view.y -= step; move(); },
    };
    if (group && (event.key === "Enter" || event.key === " ")) press(group);
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });
  $("search").addEventListener("input", search);
  $("in").onclick = () => zoom(1.2);
  $("out").onclick = () => zoom(1 / 1.2);
  $("fit").onclick = () => fit(true);
  $("unfold").onclick = () => { for (const id of homes.keys()) open.add(id); render(); fit(); };
  $("fold").onclick = () => { open.clear(); render(); fit(); };
  $("close").onclick = hide;
  render();
  fit();
})();
