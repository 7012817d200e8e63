{
  // A node of the tree; the root has no parent.
  const grow = ([name, size, kind, retained, dead, children], parent) => {
    const node = { name, size, kind, retained, dead, parent };
    node.children = children.map((child) => grow(child, node));
    node.children.sort((a, b) => b.size - a.size);
    return node;
  };
  const root = grow(JSON.parse(byId("bytes").textContent), null);

  const bytes = (count) => {
    const units = ["B", "KiB", "MiB", "GiB"];
    let unit = 0;
    while (count >= 1024 && unit < 3) { count /= 1024; unit += 1; }
    return (unit ? count.toFixed(1) : count) + " " + units[unit];
  };
  const share = (node) => {
    const percent = node.size * 100 / root.size;
    return node.size && percent < 1 ? "<1%" : Math.round(percent) + "%";
  };
  const way = (node) => node ? [...way(node.parent), node] : [];
  const told = (node) => node.name + ", " + bytes(node.size) + ", " + share(node) +
    (node.dead ? ", unused" : "");

  // Squarified treemap (Bruls, Huizing, van Wijk): rows along the shorter side, as long as adding
  // one more makes the worst cell more of a square.
  const squarify = (nodes, x, y, width, height) => {
    const cells = [];
    const total = nodes.reduce((sum, node) => sum + node.size, 0);
    if (!total || width < 1 || height < 1) return cells;
    const scale = width * height / total;
    let rest = nodes.filter((node) => node.size > 0);
    while (rest.length) {
      const side = Math.min(width, height);
      let sum = 0, count = 0, worst = Infinity;
      for (const node of rest) {
        const next = sum + node.size * scale;
        const most = rest[0].size * scale, least = node.size * scale;
        const ratio = Math.max(side * side * most / (next * next), next * next / (side * side * least));
        if (ratio > worst) break;
        worst = ratio; sum = next; count += 1;
      }
      const thick = Math.min(sum / side, Math.max(width, height));
      let along = 0;
      for (const node of rest.slice(0, count)) {
        const long = node.size * scale / thick;
        cells.push(width >= height
          ? [node, x, y + along, thick, long]
          : [node, x + along, y, long, thick]);
        along += long;
      }
      if (width >= height) { x += thick; width -= thick; } else { y += thick; height -= thick; }
      rest = rest.slice(count);
    }
    return cells;
  };

  const map = byId("map"), crumbs = byId("crumbs"), list = byId("list"), detail = byId("detail");
  let current = root, needle = "";
  // Pixels of a label with its padding, and of the least side of a cell.
  const LABEL = 20, SMALLEST = 4;
  // So many levels are shown at once.
  const DEEPEST = 4;
  // Square pixels of the least cell of its own: of what was zoomed to, and of what is further in.
  const LEAST = 400, LEAST_INSIDE = 1000;

  const matches = (node) => needle && node.name.toLowerCase().includes(needle);
  const holds = (node) => matches(node) || node.children.some(holds);

  // What is in a node, with what is too small for the area put together; none where all is.
  const gather = (owner, area, least) => {
    const scale = area / owner.children.reduce((sum, node) => sum + node.size, 0);
    const large = owner.children.filter((node) => node.size * scale >= least);
    const small = owner.children.filter((node) => node.size > 0 && node.size * scale < least);
    if (small.length < 2) return owner.children;
    if (!large.length) return null;
    const kind = small.every((node) => node.kind === small[0].kind) ? small[0].kind : "part";
    const rest = {
      name: small.length + " more", size: small.reduce((sum, node) => sum + node.size, 0), kind,
      retained: 0, dead: small.every((node) => node.dead), parent: owner, children: small, isRest: true,
    };
    return [...large, rest].sort((a, b) => b.size - a.size);
  };

  // Where all are too small: as they are, or many of them in so many groups by size.
  const GROUPS = 40;
  const divide = (owner) => {
    const all = owner.children.filter((node) => node.size > 0), groups = [];
    if (all.length <= 2 * GROUPS) return all;
    const long = Math.ceil(all.length / GROUPS);
    for (let at = 0; at < all.length; at += long) {
      const children = all.slice(at, at + long);
      groups.push({
        name: (at + 1) + "–" + (at + children.length), kind: children[0].kind, retained: 0,
        dead: children.every((node) => node.dead),
        size: children.reduce((sum, node) => sum + node.size, 0), parent: owner, children, isRest: true,
      });
    }
    return groups;
  };

  // As many lines of its name as there is room for, and the size.
  const label = (cell, node, width, height, group) => {
    const isNarrow = width < 48 && height > 56 && height > 1.4 * width;
    const hasSize = !group && width > 60 && height >= 36;
    if (width > 32 && height >= 18 && !isNarrow) {
      const name = make("span", {}, node.name);
      const lines = group ? 1 : Math.max(1, Math.floor((height - 4 - (hasSize ? 14 : 0)) / 16));
      if (lines > 1) name.className = "lines";
      name.style.maxHeight = lines * 16 + "px";
      cell.append(name);
    } else if (width >= 18 && isNarrow) {
      cell.append(make("span", { className: "upright" }, node.name));
    }
    if (hasSize) cell.append(make("small", {}, bytes(node.size)));
  };

  const show = (node, x, y, width, height, group) => {
    const cell = make("button", { type: "button", className: "cell " + node.kind, title: told(node) });
    if (group) cell.classList.add("group");
    if (node.dead) cell.classList.add("dead");
    if (needle && holds(node)) cell.classList.add("hit");
    cell.setAttribute("aria-label", told(node) + (node.children.length ? ", zoom in" : ""));
    Object.assign(cell.style, { left: x + "px", top: y + "px", width: width + "px", height: height + "px" });
    if (width < 12 || height < 6) cell.classList.add("tiny");
    label(cell, node, width, height, group);
    cell.tabIndex = -1;
    cell.node = node;
    map.append(cell);
  };

  const fill = (nodes, left, top, wide, high, depth) => {
    for (const [node, x, y, width, height] of squarify(nodes, left, top, wide, high)) {
      if (width < SMALLEST || height < SMALLEST) continue;
      const [wideIn, highIn] = [width - 7, height - LABEL - 4];
      const isRoomy = node.children.length > 0 && depth < DEEPEST && width > 50 && height > 44;
      const inside = isRoomy && !node.isRest && gather(node, wideIn * highIn, LEAST_INSIDE);
      show(node, x, y, width, height, Boolean(inside));
      if (inside) fill(inside, x + 3, y + LABEL, wideIn, highIn, depth + 1);
    }
  };

  const draw = () => {
    map.replaceChildren();
    map.classList.toggle("searching", needle !== "");
    const [width, height] = [map.clientWidth, map.clientHeight];
    const inside = () => gather(current, width * height, LEAST) || divide(current);
    fill(current.children.length ? inside() : [current], 0, 0, width, height, 1);
    const first = map.querySelector(".cell");
    if (first) first.tabIndex = 0;
    crumbs.replaceChildren(...way(current).map((node) => {
      const crumb = make("button", { type: "button" }, node.name);
      if (node === current) crumb.setAttribute("aria-current", "true");
      crumb.addEventListener("click", () => zoom(node));
      return crumb;
    }));
    drawList();
  };

  // What is found, or the largest of what is shown.
  const drawList = () => {
    const rows = [];
    const collect = (node) => {
      if (matches(node)) rows.push(node);
      node.children.forEach(collect);
    };
    if (needle) collect(root); else rows.push(...current.children);
    rows.sort((a, b) => b.size - a.size);
    const shown = rows.slice(0, needle ? 40 : 12);
    const hasRetained = shown.some((node) => node.retained);
    const columns = ["Name", "Size", "Share", ...(hasRetained ? ["Retained"] : [])];
    const head = make("tr", {}, ...columns.map((text) => make("th", { scope: "col" }, text)));
    const body = shown.map((node) => {
      const name = make("button", { type: "button" }, node.name);
      name.addEventListener("click", () => reach(node));
      const cells = [bytes(node.size), share(node)];
      if (hasRetained) cells.push(node.retained ? bytes(node.retained) : "");
      return make("tr", {}, make("td", {}, name, node.dead ? " unused" : ""),
        ...cells.map((text) => make("td", {}, text)));
    });
    list.replaceChildren(make("thead", {}, head), make("tbody", {}, ...body));
    if (needle) {
      detail.textContent = rows.length + (rows.length === 1 ? " name matches" : " names match") +
        (rows.length > shown.length ? ", the largest " + shown.length + " are listed" : "");
    }
  };

  const tell = (node) => {
    detail.textContent = way(node).slice(1).map((step) => step.name).join(" › ") + ": " + bytes(node.size) +
      ", " + share(node) + (node.retained ? ", retains " + bytes(node.retained) : "") +
      (node.dead ? ", unused" : "");
  };
  const zoom = (node, focus) => {
    const to = node.children.length ? node : node.parent || root;
    const from = current;
    current = to;
    draw();
    const cells = [...map.children];
    const isFrom = ({ node }) => node === from || (node.isRest && from.isRest && node.parent === from.parent);
    const target = cells.find((cell) => cell.node === focus) || cells.find(isFrom) || cells[0];
    if (focus !== undefined && target) select(target);
    if (!needle) detail.textContent = "";
    if (node !== to) tell(node);
  };
  const reach = (node) => {
    zoom(node.children.length ? node : node.parent || root, node);
    // It may be among those that were put together.
    const isShown = () => [...map.children].some((cell) => cell.node === node);
    const around = () => [...map.children].find((cell) => cell.node.isRest && cell.node.children.includes(node));
    for (let rest = around(); rest && !isShown(); rest = around()) zoom(rest.node, node);
    tell(node);
  };
  const select = (cell) => {
    for (const other of map.querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
  };

  map.addEventListener("click", (event) => {
    const cell = event.target.closest(".cell");
    if (!cell) return;
    if (cell.node.children.length && cell.node !== current) zoom(cell.node, null);
    else { select(cell); tell(cell.node); }
  });
  map.addEventListener("focusin", (event) => { if (event.target.node) tell(event.target.node); });

  const middle = (cell) => {
    const box = cell.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  map.addEventListener("keydown", (event) => {
    const cell = event.target.closest(".cell");
    const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const direction = directions[event.key];
    if (event.key === "Escape" || event.key === "Backspace") {
      if (current.parent) zoom(current.parent, current);
      event.preventDefault();
    } else if (direction && cell) {
      const [x, y] = middle(cell);
      let best = null, least = Infinity;
      for (const other of map.children) {
        if (other === cell || other.node === cell.node.parent) continue;
        const [ox, oy] = middle(other);
        const ahead = (ox - x) * direction[0] + (oy - y) * direction[1];
        const aside = Math.abs((ox - x) * direction[1]) + Math.abs((oy - y) * direction[0]);
        if (ahead > 1 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = other; }
      }
      if (best) select(best);
      event.preventDefault();
    }
  });

  const search = byId("search");
  search.addEventListener("input", () => {
    needle = search.value.trim().toLowerCase();
    detail.textContent = "";
    draw();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { search.value = ""; needle = ""; detail.textContent = ""; draw(); }
    const first = list.querySelector("button");
    if (event.key === "Enter" && needle && first) first.click();
  });
  const kinds = [["code", "code"], ["data", "data"], ["custom", "custom sections"],
    ["structure", "structure"], ["dead", "unused"]];
  byId("legend").append(...kinds.map(([kind, text]) => {
    const mark = make("i", { className: "cell " + kind });
    mark.style.position = "static";
    return make("span", {}, mark, text);
  }));
  let width = 0;
  new ResizeObserver(() => {
    if (map.clientWidth !== width) { width = map.clientWidth; draw(); }
  }).observe(map);
}
