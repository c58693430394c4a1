// Rows that a keyboard walks: one of them is in the tab order, j and k or the arrows move along.

/** Every row of the view in front of the reader, top to bottom; a folded group is a row, too. */
function rows() {
  return Array.from(document.querySelectorAll("[data-pane]:not([hidden]) :is(.row-link, .fold[aria-expanded=false])"));
}

/** The row that has the focus, or that would get it. */
function currentRow() {
  const all = rows();
  return all.find((row) => row === document.activeElement) ?? all.find((row) => row.tabIndex === 0) ?? all[0];
}

/** Moves by `steps`; where a detail is open it follows. */
function walk(steps) {
  const all = rows();
  if (all.length === 0) return;
  const inList = all.includes(document.activeElement);
  const here = all.indexOf(currentRow());
  const there = inList || readAddress().open ? here + steps : here;
  focusRow(all[Math.min(Math.max(there, 0), all.length - 1)]);
  if (readAddress().open && !isNarrow()) follow(document.activeElement);
}

function follow(row) {
  if (!row.matches(".row-link")) return;
  history.replaceState(null, "", row.getAttribute("href"));
  arrive();
}

/** Makes `row` the one in the tab order, and gives it the focus. */
function focusRow(row) {
  for (const other of rows()) other.tabIndex = other === row ? 0 : -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

/** Gives the focus to the list: to its current row, else to its title. */
function focusList() {
  const row = currentRow();
  if (row) focusRow(row);
  else at("view-title").focus();
}

/** Runs `show`; afterwards the focus is where it was, or next to what went away. */
function keepingFocus(show) {
  const focused = document.activeElement;
  const place = rows().indexOf(focused);
  const inDetail = at("detail").contains(focused);
  show();
  settleRows();
  if (focused === document.activeElement || focused === document.body) return;
  if (focused.isConnected && focused.offsetParent !== null) return focused.focus({ preventScroll: true });
  const all = rows();
  if (inDetail) at("detail").querySelector(".title")?.focus({ preventScroll: true });
  else if (place >= 0 && all.length > 0) focusRow(all[Math.min(place, all.length - 1)]);
  else if (place >= 0) at("view-title").focus();
}

/** Exactly one row is in the tab order. */
function settleRows() {
  const all = rows();
  const [first, ...others] = all.filter((row) => row.tabIndex === 0);
  for (const other of others) other.tabIndex = -1;
  if (!first && all[0]) all[0].tabIndex = 0;
}

/** Whether the detail covers the list instead of standing beside it. */
function isNarrow() {
  return matchMedia("(max-width: 60rem)").matches;
}

/** A row's link: opens the entry in the detail, and by a middle click in another tab. */
function rowLink() {
  const link = element("a", { class: "row-link", tabindex: "-1" });
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    openEntry(link);
  });
  link.addEventListener("focus", () => keepInTabOrder(link));
  return link;
}

/** Makes `row`, which has the focus, the one that Tab comes back to. */
function keepInTabOrder(row) {
  for (const other of rows()) if (other !== row && other.tabIndex === 0) other.tabIndex = -1;
  row.tabIndex = 0;
}
