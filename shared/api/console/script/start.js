// Where it begins, and what happens whenever the address changes.

const VIEWS = {
  alerts: { load: loadAlerts, title: "Alerts" },
  silences: { load: loadSilences, title: "Silences" },
  quarantine: { load: loadQuarantine, title: "Quarantine" },
  sources: { load: loadSources, title: "Sources" },
  notifications: { load: loadNotifications, title: "Notifications" },
  destinations: { load: loadDestinations, title: "Destinations" },
  statistics: { load: loadStatistics, title: "Statistics" },
  events: { load: loadEvents, title: "Events" },
};

const DETAILS = {
  alerts: { load: loadAlert, preview: previewAlert },
  silences: { load: loadSilence, preview: ({ open }) => pane(open, "loading") },
  quarantine: { load: loadEntry, preview: ({ open }) => (quarantined.has(open) ? showEntry(quarantined.get(open)) : pane(open, "loading")) },
  notifications: { load: loadNotification, preview: showNotification },
  events: { load: loadOpenEvent, preview: showOpenEvent },
};

/** Shows what the address says: at once what is known, then what the server answers. */
function arrive() {
  if (!isKnown()) return signOut();
  const address = readAddress();
  showView(address.view);
  showFilters(address);
  if (address.view === "alerts") keepingFocus(showAlerts);
  if (!address.open || !DETAILS[address.view]) hideDetail();
  else DETAILS[address.view].preview(address);
  markOpen(address.open);
  refresh();
}

function showView(view) {
  for (const part of document.querySelectorAll("[data-pane]")) part.hidden = part.dataset.pane !== view;
  for (const link of document.querySelectorAll("[data-view]")) {
    setAttribute(link, "aria-current", link.dataset.view === view ? "page" : null);
  }
  setText(at("view-title"), VIEWS[view].title);
}

/** Nothing of the alerts stays behind for whoever signs in next. */
function forgetAll() {
  Object.assign(alertList, { all: new Map(), shown: [], parts: [], turn: 0, pages: 1, more: false, query: "", seen: undefined, fresh: undefined });
  Object.assign(histories, { open: "", raw: new Map() });
  forgetAnswers();
  forgetAlarm();
  Object.assign(selection, { chosen: new Set(), whole: false });
  Object.assign(folding, { folded: new Map(), whole: new Set() });
  quarantined.clear();
  notifications.clear();
  forgetNumbers();
  forgetStatistics();
  forgetEvents();
  for (const id of ["alerts", "silences", "quarantine", "notifications", "mistakes", "counts"]) at(id).replaceChildren();
  delete at("counts").filledWith;
  delete at("mistakes").filledWith;
  for (const id of ["sources", "upkeep", "destinations"]) at(id).tBodies[0].replaceChildren();
  hideDetail();
}

function start() {
  prepareSession();
  prepareDialogs();
  prepareFilters();
  prepareSelection();
  prepareAlarm();
  prepareSilences();
  prepareNotifications();
  prepareStatistics();
  prepareEvents();
  prepareKeyboard();
  prepareRefreshing();
  keepAgesTrue();
  window.addEventListener("popstate", arrive);
  for (const link of document.querySelectorAll("[data-view]")) {
    setAttribute(link, "href", addressOfView(link.dataset.view));
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      visit(addressOfView(link.dataset.view));
    });
  }
  begin();
}

start();
