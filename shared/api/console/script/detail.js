// The pane beside the list, or over it on a narrow screen: frame, opening and closing.

/** The pane's content for the entry `key`; another entry gets a fresh one. */
function pane(key, kind, skeleton = () => [paneHead(), element("p", { class: "hint" }, "Loading …")]) {
  const detail = at("detail");
  detail.hidden = false;
  document.body.dataset.detail = "open";
  const present = detail.firstElementChild;
  if (present?.dataset.key === key && present.dataset.kind === kind) return present;
  const node = element("article", { "data-key": key, "data-kind": kind }, ...skeleton());
  const focused = detail.contains(document.activeElement);
  detail.replaceChildren(node);
  detail.scrollTop = 0;
  if (focused) node.querySelector(".title").focus({ preventScroll: true });
  return node;
}

function paneHead() {
  const close = button("Close", closeDetail, { class: "quiet", "aria-keyshortcuts": "Escape", title: "Close (Esc)" });
  return element("div", { class: "pane-head" }, element("h2", { class: "title", tabindex: "-1", dir: "auto" }), close);
}

/** Says that the entry does not exist, or not any more. */
function showMissing(text) {
  const node = pane(readAddress().open, "missing", () => [paneHead(), element("p", {}, text)]);
  setText(node.querySelector(".title"), "Not found");
}

/** Opens the entry of a row, and moves the focus into it. */
function openEntry(row) {
  visit(row.getAttribute("href"));
  at("detail").querySelector(".title")?.focus({ preventScroll: true });
}

/** Closes the detail, and gives the focus back to the row it came from. */
function closeDetail() {
  const { open } = readAddress();
  visit(addressWith({ open: "" }));
  const row = rows().find((link) => new URLSearchParams(link.search).get("open") === open);
  if (row) focusRow(row);
  else focusList();
}

/** Hides the pane where the address opens nothing. */
function hideDetail() {
  at("detail").hidden = true;
  at("detail").replaceChildren();
  delete document.body.dataset.detail;
}

/** Marks the row whose entry is open. */
function markOpen(open) {
  for (const row of rows()) {
    const isOpen = Boolean(open) && new URLSearchParams(row.search).get("open") === open;
    setAttribute(row, "aria-current", isOpen ? "true" : null);
    if (isOpen && row.tabIndex !== 0) {
      for (const other of rows()) other.tabIndex = other === row ? 0 : -1;
    }
  }
}
