// Was anybody notified: destinations, notifications, and what each destination knows of one alert. The outgoing side is
// answered in the browser, because a destination that fails for hours is nothing that a test can wait for.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

import { row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { eventually, setting } from "./setting.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const ID = `${"0123456789abcdef".repeat(2)}-1-ops-pager`;
const HOSTILE = "<img src=x onerror=alert(1)>";

const { scenario } = setting(notification({ id: "unheard", summary: "Unheard" }));

const destination = (id, more) => ({
  id, name: null, type: "slack", host: "hooks.slack.com", state: "healthy", reason: null, since: null, until: null, waiting: 0, oldest_waiting_at: null,
  next_attempt_at: null, last_success_at: ago(3), sent_last_hour: 4, failed_last_hour: 0, ...more,
});
const DESTINATIONS = {
  destinations: [
    destination("ops-slack", { name: "Operations" }),
    destination("ops-pager", { type: "pagerduty", state: "failing", reason: `503 Service Unavailable ${HOSTILE}`, since: ago(90), waiting: 3, oldest_waiting_at: ago(89), failed_last_hour: 12 }),
    destination("night-mail", { type: "email", state: "suspended", reason: "401: the key is not known there", since: ago(300) }),
  ],
  mistakes: [{ path: "destinations[3].url", problem: "give an address with https" }],
};

/** Answers the way out in the browser; returns what was posted. */
async function outgoing(page, fingerprint) {
  const posted = [];
  const json = (route, value) => route.fulfill({ json: value });
  const entry = {
    id: ID, destination: "ops-pager", group: ID.slice(0, 32), state: "dead", event: "opened", title: HOSTILE, severity: "critical", alerts: 12,
    fingerprints: [fingerprint], created_at: ago(90), attempts: 9, next_attempt_at: null, finished_at: ago(5), reason: "503 Service Unavailable", receipt: null,
  };
  await page.route("**/v1/destinations", (route) => json(route, DESTINATIONS));
  await page.route("**/v1/notifications?*", (route) => json(route, { notifications: [entry], next_cursor: null }));
  const known = { reason: null, notified_at: null, notified_severity: null, pending_since: null, due_at: null, withheld: null };
  const silence = "11111111-1111-4111-8111-111111111111";
  await page.route("**/v1/alerts/*/notifications", (route) => json(route, { fingerprint, destinations: [
    { ...known, destination: "day-mail", state: "unselected", reason: "`min_severity` is `critical`" },
    { ...known, destination: "ops-slack", state: "notified", notified_at: ago(4), notified_severity: "critical" },
    { ...known, destination: "ops-pager", state: "pending", pending_since: ago(4), due_at: ago(-2), reason: "503 Service Unavailable" },
    { ...known, destination: "night-mail", state: "withheld", reason: `silenced by ${silence}`, withheld: { by: "silence", until: ago(-60), silences: [silence] } },
  ] }));
  await page.route(/\/v1\/(destinations|notifications)\/[^/]+\/(retry|resume)$/, (route) => {
    posted.push(decodeURIComponent(new URL(route.request().url()).pathname));
    return json(route, {});
  });
  return posted;
}

async function prepared(server, open, path = "", options = {}) {
  const { alerts } = await server.get("v1/alerts?condition=firing");
  const page = await open(path, options);
  await page.locator("#console").waitFor();
  const posted = await outgoing(page, alerts[0].fingerprint);
  await page.reload();
  return { page, posted, fingerprint: alerts[0].fingerprint };
}

async function nothingForAxe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`), []);
}

scenario("an alert says who was notified when, or why not, and what withholds it", async ({ server, open }) => {
  const { page } = await prepared(server, open);
  await row(page, "Unheard").locator("a").click();
  const lines = await eventually(() => page.locator("#detail .notified li").allInnerTexts(), (texts) => texts.length === 4);
  const [pending, notified, withheld, unselected] = lines.map((text) => text.replaceAll("\n", " "));
  assert.match(pending, /^ops-pager\s+waiting\s+since 4 min, next attempt in .*: 503 Service Unavailable$/);
  assert.match(notified, /^ops-slack\s+notified\s+4 min ago as critical$/);
  assert.match(withheld, /^night-mail\s+withheld\s+silenced by 1111.*, decided again in /);
  assert.match(unselected, /^day-mail\s+not selected\s+`min_severity` is `critical`$/);
  const silence = page.locator("#detail .muted").getByRole("link", { name: "silence 11111111" });
  assert.match(await silence.getAttribute("href"), /view=silences&open=1111/);
  await nothingForAxe(page);
});

scenario("without destinations an alert says that nobody is notified", async ({ server, open }) => {
  const { destinations } = await server.get("v1/destinations");
  assert.deepEqual(destinations, []);
  const page = await open();
  await row(page, "Unheard").locator("a").click();
  await page.locator("#detail .notified", { hasText: "Nobody: no destination is configured." }).waitFor();
  await page.keyboard.press("6");
  await page.getByText("No destination is configured: nobody is notified.").waitFor();
  await nothingForAxe(page);
});

scenario("an alert is shown where the server cannot say who was notified", async ({ open }) => {
  const page = await open();
  await page.route("**/v1/alerts/*/notifications", (route) => route.fulfill({ status: 503, json: { error: { code: "unavailable", message: "no" } } }));
  await row(page, "Unheard").locator("a").click();
  await page.locator("#detail .notified", { hasText: "cannot say who was notified" }).waitFor();
  assert.equal(await page.locator("#trouble").isVisible(), false);
});

scenario("destinations say how they fare and why, and are resumed or tried by a button", async ({ server, open }) => {
  const { page, posted } = await prepared(server, open, "?view=destinations");
  const line = (id) => page.locator("#destinations tbody tr", { hasText: id });
  await line("ops-pager").filter({ hasText: "failing" }).filter({ hasText: "503 Service Unavailable <img" }).filter({ hasText: "since 1h 29m" }).waitFor();
  await page.locator("#mistakes", { hasText: "destinations[3].url: give an address with https" }).waitFor();
  assert.equal(await line("Operations").getByRole("button").count(), 0);
  await page.getByRole("button", { name: "Try now: ops-pager" }).click();
  await page.getByRole("status").filter({ hasText: "ops-pager: what waits is due now." }).waitFor();
  await page.getByRole("button", { name: "Resume: night-mail" }).press("Enter");
  await eventually(() => posted.length, (count) => count === 2);
  assert.deepEqual(posted, ["/v1/destinations/ops-pager/retry", "/v1/destinations/night-mail/resume"]);
  await nothingForAxe(page);
});

scenario("the navigation counts what is in quarantine and which destinations fail, in every view", async ({ server, open }) => {
  assert.equal(await server.post({ unexpected: true }), 422);
  const { page } = await prepared(server, open, "?view=silences");
  await page.getByRole("link", { name: "Destinations (2 failing)" }).waitFor();
  await page.getByRole("link", { name: "Quarantine (1 quarantined)" }).waitFor();
  await nothingForAxe(page);
});

scenario("a dead-lettered notification says why, names its alerts, and is tried again", async ({ server, open }) => {
  const { page, posted, fingerprint } = await prepared(server, open);
  await page.keyboard.press("5");
  await page.locator(".row.notification", { hasText: "dead-lettered" }).filter({ hasText: "503 Service Unavailable" }).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const detail = page.locator("#detail");
  await detail.locator(".title", { hasText: `${HOSTILE} and 11 more` }).waitFor();
  assert.match(await detail.locator(".alerts-of a").getAttribute("href"), new RegExp(`open=${fingerprint}$`));
  await nothingForAxe(page);
  await page.keyboard.press("y");
  await eventually(() => posted, (paths) => paths.includes(`/v1/notifications/${ID}/retry`));
  assert.equal(await page.locator("#detail img, .row img").count(), 0);
});

scenario("on a telephone the views fit, and a destination is a card", async ({ server, open }) => {
  const { page } = await prepared(server, open, "?view=destinations", { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await page.locator("#destinations tbody tr", { hasText: "ops-pager" }).waitFor();
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.equal(await overflow(), 0);
  await nothingForAxe(page);
  await page.getByRole("link", { name: "Notifications" }).click();
  await page.locator(".row.notification").waitFor();
  assert.equal(await overflow(), 0);
  await nothingForAxe(page);
});
