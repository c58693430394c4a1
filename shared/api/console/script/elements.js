// Nodes made from data. A text becomes a text node and nothing else: no way leads from here to markup.

/** The element of the page with this id. */
function at(id) {
  return document.getElementById(id);
}

/** An element with attributes, listeners under `on`, and children that are nodes or texts; blank children are left out. */
function element(name, { on = {}, ...attributes } = {}, ...children) {
  const node = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) setAttribute(node, attribute, value);
  for (const [event, listener] of Object.entries(on)) node.addEventListener(event, listener);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** Sets an attribute; null, undefined and false take it away. */
function setAttribute(node, attribute, value) {
  const wanted = value === true ? "" : value;
  if (wanted === null || wanted === undefined || wanted === false) node.removeAttribute(attribute);
  else if (node.getAttribute(attribute) !== String(wanted)) node.setAttribute(attribute, wanted);
}

/** Sets a text, and touches nothing if it stands there already. */
function setText(node, text) {
  const wanted = text ?? "";
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Fills `node` anew only when `value` differs from what it was filled with; so an open or focused part stays. */
function fill(node, value, build) {
  const seen = JSON.stringify(value ?? null);
  if (node.filledWith === seen) return;
  node.filledWith = seen;
  node.replaceChildren(...[build(value)].flat().filter((child) => child !== null));
}

/** A button that does `act`. */
function button(text, act, attributes = {}) {
  return element("button", { type: "button", ...attributes, on: { click: act } }, text);
}

/** A link that leaves the console, or the bare text where the address is none of the web. */
function outward(text, label) {
  const url = webAddress(text);
  if (!url) return element("span", {}, String(text));
  const attributes = { href: url.href, target: "_blank", rel: "noopener noreferrer", class: "outward" };
  return element("a", attributes, label ?? url.href);
}

/** The address in a text, if it is one that a browser may be sent to. */
function webAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** Names and values, as a definition list; blank values are left out. */
function facts(pairs) {
  const present = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const rows = present.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  return element("dl", { class: "facts" }, ...rows);
}

/** Makes the children of `parent` those of `items`: known ones stay the nodes that they are, and move only if they must. */
function reconcile(parent, items, { key, create, update }) {
  const known = new Map(Array.from(parent.children, (node) => [node.dataset.key, node]));
  const wanted = new Map();
  for (const item of items) {
    const name = key(item);
    if (wanted.has(name)) continue;
    const node = known.get(name) ?? create(item);
    node.dataset.key = name;
    update(node, item);
    wanted.set(name, node);
  }
  for (const [name, node] of known) if (!wanted.has(name)) node.remove();
  inOrder(parent, wanted.values());
}

function inOrder(parent, nodes) {
  let place = parent.firstElementChild;
  for (const node of nodes) {
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
}

/** A body as people read it: JSON with indentation, else as it came. */
function readable(body) {
  if (typeof body !== "string") return `base64: ${body?.base64 ?? ""}`;
  try {
    return hasLargeNumber(body) ? body : JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** Whether a number would change when JavaScript reads it: ids of monitors exceed what a double holds. */
function hasLargeNumber(body) {
  return /\d{16}/.test(body);
}
