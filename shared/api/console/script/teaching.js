// What to do where there is nothing to show yet: which sources there are, where each is to send, and how to try it.

/** The sources that send by themselves, and how each presents its token. */
const SENDERS = {
  netdata: "Netdata Cloud: a notification method of type Webhook, the token as bearer",
  kazoo: "KAZOO: campanile install kazoo creates the hooks",
  tencent: "Tencent Cloud Monitor: an API callback of a notification template",
  site24x7: "Site24x7: campanile install site24x7 creates the integration",
  alertmanager: "Alertmanager: a webhook receiver, with a token of campanile/api",
};
const heard = { sources: undefined };

/** Notes when each source was last heard of. */
function takeHeard(sources) {
  heard.sources = sources;
}

/** Each source with its address and when it was last heard of; whoever reads this waits for a first alert. */
function teaching() {
  const rows = Object.entries(SENDERS).map(([source, how]) => {
    const last = (heard.sources ?? []).filter((one) => one.source === source).map((one) => one.last_event_at).toSorted().at(-1);
    return element(
      "tr", {},
      element("th", { scope: "row" }, source),
      element("td", {}, how),
      element("td", {}, element("code", {}, addressOfSource(source))),
      element("td", {}, last ? ["heard ", age(last), " ago"] : "never heard of"),
    );
  });
  const head = element("tr", {}, ...["Source", "How", "Address", "Last heard"].map((name) => element("th", { scope: "col" }, name)));
  const table = element("table", { class: "teach" }, element("caption", { class: "unseen" }, "Where each source is to send"), element("thead", {}, head), element("tbody", {}, ...rows));
  const server = location.origin + base().replace(/\/$/, "");
  const sample = element("code", { class: "lines" }, `CAMPANILE_URL=${server} campanile send netdata flat-v2-warning`);
  return [
    element("p", {}, "To see one here, send a sample: ", sample),
    element("p", {}, "These sources can send. TOKEN is one of the secret that is called like the source, such as campanile/netdata; a source with a domain of its own sends there."),
    table,
  ];
}

function addressOfSource(source) {
  const path = source === "alertmanager" ? "v1/alertmanager" : `${source}/TOKEN`;
  return location.origin + base() + path;
}
