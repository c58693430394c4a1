// Somebody takes an alert, mutes what is planned, and finds out why something was refused.

import assert from "node:assert/strict";

import { row, signIn } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { API_TOKEN } from "./server.mjs";
import { eventually, setting } from "./setting.mjs";

const { scenario } = setting();

/** The alert with this title, as the API has it. */
async function alertOf(server, title) {
  const { alerts } = await server.get("v1/alerts?limit=1000");
  return alerts.find((alert) => alert.title.startsWith(title));
}

/** Lets a request be refused; the newest entry in quarantine and the locator of its row. */
async function refused(server, body) {
  if ((await server.post(body)) !== 422) return null;
  const { quarantine } = await server.get("v1/quarantine?limit=1");
  return { id: quarantine[0].id, line: `.row.quarantined[data-key="${quarantine[0].id}"]` };
}

async function isQuarantined(server, id) {
  const { quarantine } = await server.get("v1/quarantine?limit=1000");
  return quarantine.some((entry) => entry.id === id);
}

const HANDLE = { needs: ["POST", `v1/alerts/${"0".repeat(32)}/acknowledge`] };
const NOTES = { needs: ["GET", `v1/alerts/${"0".repeat(32)}/notes`] };
const SILENCES = { needs: ["GET", "v1/silences"] };
const QUARANTINE = { needs: ["POST", "v1/quarantine/01890000-0000-7000-8000-000000000000/replay"] };

scenario("an alert is acknowledged, given back, and resolved", async ({ server, open }) => {
  await server.fire(notification({ id: "taken", summary: "Taken" }));
  const page = await open();
  await row(page, "Taken").locator("a").click();
  const detail = page.locator("#detail");

  await detail.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByRole("status").filter({ hasText: "Acknowledged: Taken" }).waitFor();
  await detail.getByText("Acknowledged by developer").waitFor();
  await row(page, "Taken").filter({ hasText: "✓ developer" }).waitFor();
  assert.equal((await alertOf(server, "Taken")).handling, "acknowledged");

  await detail.getByRole("button", { name: "Give back" }).click();
  await detail.getByRole("button", { name: "Acknowledge" }).waitFor();

  await detail.getByRole("button", { name: "Resolve" }).click();
  await page.getByRole("dialog").getByLabel("Note").fill("disk replaced");
  await page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await detail.getByText("Resolved since").waitFor();
  await row(page, "Taken").waitFor({ state: "detached" });
}, HANDLE);

scenario("an acknowledgement with a note shows the note", async ({ server, open }) => {
  await server.fire(notification({ id: "noted", summary: "With a note" }));
  const page = await open();
  await row(page, "With a note").locator("a").focus();
  await page.keyboard.press("A");
  await page.keyboard.type("looking at the array");
  await page.keyboard.press("Control+Enter");
  await row(page, "With a note").filter({ hasText: "✓" }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator("#detail").getByText("looking at the array").first().waitFor();
}, HANDLE);

scenario("an action that came too late is reported, and the page shows how it is", async ({ server, open }) => {
  await server.fire(notification({ id: "late", summary: "Too late" }));
  const page = await open();
  await row(page, "Too late").locator("a").click();
  await page.locator("#detail .history summary").first().waitFor();
  await page.route("**/v1/alerts?**", (route) => route.abort());
  await server.fire(notification({ id: "late", summary: "Too late", status: "Clear", minutesAgo: 0 }));
  await page.locator("#detail").getByRole("button", { name: "Acknowledge" }).click();
  await page.getByText(/^Not done: /).waitFor();
}, HANDLE);

scenario("a note stays with the alert, and half a note survives an update", async ({ server, open }) => {
  await server.fire(notification({ id: "story", summary: "Story" }));
  const page = await open();
  await row(page, "Story").locator("a").click();
  const field = page.getByLabel("New note");
  await field.fill("called the landlord");
  await page.getByRole("button", { name: "Add note" }).click();
  await page.locator(".notes li", { hasText: "called the landlord" }).waitFor();
  await field.fill("half a sen");
  await server.fire(notification({ id: "story", summary: "Story", value: "99%", minutesAgo: 0 }));
  await page.locator("#detail .about").getByText("99%", { exact: true }).waitFor({ timeout: 12_000 });
  assert.equal(await field.inputValue(), "half a sen");
  assert.equal(await field.evaluate((node) => node === document.activeElement), true);
}, NOTES);

scenario("a silence is filled in from the alert, covers it at once, and can be ended", async ({ server, open }) => {
  await server.fire(notification({ id: "mute-1", summary: "Muted", host: "mute.example.net" }), notification({ id: "mute-2", summary: "Muted too", host: "mute.example.net" }));
  const page = await open();
  await row(page, "Muted on").locator("a").click();
  await page.locator("#detail").getByRole("button", { name: "Silence" }).click();
  const dialog = page.getByRole("dialog", { name: "New silence" });
  await dialog.getByText(/Covers 1 of \d+ firing/).waitFor();
  const names = await dialog.locator(".matcher .name").evaluateAll((fields) => fields.map((field) => field.value));
  assert.ok(names.includes("instance") && names.includes("alertname"), names.join());
  for (const name of names.filter((name) => name !== "instance")) {
    await dialog.getByRole("checkbox", { name: `Use the matcher ${name}`, exact: true }).uncheck();
  }
  await dialog.getByText(/Covers 2 of \d+ firing/).waitFor();
  await dialog.getByRole("button", { name: "Silence" }).click();
  assert.ok(await dialog.isVisible(), "a silence needs a reason");
  await dialog.getByLabel("Why").fill("moving the rack");
  await dialog.getByRole("button", { name: "Silence" }).click();
  await dialog.waitFor({ state: "hidden" });
  await row(page, "Muted on").filter({ hasText: "silenced" }).waitFor();
  await row(page, "Muted too").filter({ hasText: "silenced" }).waitFor();

  await page.locator("#detail").getByRole("link", { name: "a silence" }).click();
  await page.locator("#detail").getByText('instance="mute.example.net"').waitFor();
  await page.locator(".row.silence", { hasText: "moving the rack" }).waitFor();
  await page.getByRole("button", { name: "End now" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End now" }).click();
  await page.locator(".row.silence", { hasText: "moving the rack" }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Alerts" }).click();
  await row(page, "Muted on").filter({ hasNotText: "silenced" }).waitFor();
}, SILENCES);

scenario("a silence can be changed, and one for later is pending", async ({ server, open }) => {
  const page = await open("?view=silences");
  await page.getByRole("button", { name: "New silence" }).click();
  const dialog = page.getByRole("dialog", { name: "New silence" });
  await dialog.getByLabel("Label").fill("instance");
  await dialog.getByLabel("Comparison").selectOption("=~");
  await dialog.getByLabel("Value").fill("later-.*");
  await dialog.getByLabel("From").fill("2040-01-01T00:00");
  await dialog.getByLabel("Why").fill("far future");
  await dialog.getByRole("button", { name: "Silence" }).click();
  await page.locator(".row.silence", { hasText: "begins in" }).locator("a").click();
  await page.getByRole("button", { name: "Change" }).click();
  const change = page.getByRole("dialog", { name: "Change the silence" });
  assert.equal(await change.getByLabel("From").inputValue(), "2040-01-01T00:00");
  await change.getByLabel("Why").fill("farther future");
  await change.getByRole("button", { name: "Change" }).click();
  await page.locator(".row.silence", { hasText: "farther future" }).waitFor();
  const { silences } = await server.get("v1/silences?state=pending");
  assert.deepEqual(silences.map(({ comment, matchers }) => [comment, matchers]), [
    ["farther future", [{ name: "instance", value: "later-.*", is_regex: true, is_equal: true }]],
  ]);
}, SILENCES);

scenario("what was refused is shown whole, and a replay that fails says why", async ({ server, open }) => {
  const { id, line } = await refused(server, { unexpected: "body" });
  const page = await open("?view=quarantine");
  await page.locator(line, { hasText: "unknown shape" }).locator("a").click();
  const detail = page.locator("#detail");
  await detail.locator("pre", { hasText: '"unexpected": "body"' }).waitFor();
  await detail.getByText("POST application/json").waitFor();
  await detail.getByRole("button", { name: "Replay" }).click();
  await page.getByText(/^Not done: /).waitFor();
  assert.ok(await page.locator(line).isVisible());
  assert.ok(await isQuarantined(server, id));
}, QUARANTINE);

scenario("an entry is deleted from quarantine after a question", async ({ server, open }) => {
  const { id, line } = await refused(server, { unwanted: "body" });
  const page = await open("?view=quarantine");
  await page.locator(line).locator("a").click();
  await page.keyboard.press("d");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  assert.ok(await isQuarantined(server, id));
  await page.keyboard.press("d");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.locator(line).waitFor({ state: "detached" });
  assert.equal(await isQuarantined(server, id), false);
}, QUARANTINE);

scenario("a question that follows another at once is answered for itself", async ({ server, open }) => {
  const { id, line } = await refused(server, { hasty: "body" });
  const page = await open("?view=quarantine");
  await page.locator(line).locator("a").click();
  await page.keyboard.press("d");
  await page.getByRole("dialog").waitFor();
  await page.evaluate(() => {
    document.querySelector("#question [data-close]").click();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
  });
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.locator(line).waitFor({ state: "detached" });
  assert.equal(await isQuarantined(server, id), false);
}, QUARANTINE);

scenario("the sources are shown with when they last spoke", async ({ server, open }) => {
  await server.fire(notification({ id: "speaks", summary: "Speaks" }));
  const page = await open("?view=sources");
  const line = page.locator("#sources tbody tr", { hasText: "netdata" });
  await line.waitFor();
  assert.match(await line.innerText(), /speaking/);
  assert.match(await line.innerText(), /\d+ (s|min) ago/);
}, { needs: ["GET", "v1/sources"] });

scenario("who may read only sees no buttons that change something, and keys say so", async ({ server, open, skip }) => {
  await server.fire(notification({ id: "reader", summary: "For readers" }));
  const page = await open("", { token: "campanile-development-reader" });
  await Promise.race([row(page, "For readers").waitFor(), page.getByText("This token is not known here.").waitFor()]);
  if (!(await row(page, "For readers").isVisible())) return skip("this server has no token that may read only");
  await page.getByText("reader, reading only").waitFor();
  await row(page, "For readers").locator("a").focus();
  await page.keyboard.press("a");
  await page.getByText("You may read only.").waitFor();
  await page.keyboard.press("Enter");
  await page.locator("#detail h2").first().waitFor();
  for (const name of ["Acknowledge", "Silence", "Resolve", "Note", "Add note"]) {
    assert.equal(await page.getByRole("button", { name, exact: true }).filter({ visible: true }).count(), 0, name);
  }
}, { needs: ["GET", "v1/session"] });

scenario("what a server does not offer yet is said, and the rest works", async ({ server, open }) => {
  await server.fire(notification({ id: "plain", summary: "Plain server" }));
  const page = await open("", { token: null });
  const gone = (route) => route.fulfill({ status: 404, json: { error: { code: "not_found", message: "there is no such path" } } });
  for (const path of ["counts", "silences?**", "sources"]) await page.route(`**/v1/${path}`, gone);
  await signIn(page, API_TOKEN);
  await row(page, "Plain server").waitFor();
  await eventually(() => page.locator("#counts").innerText(), (text) => /[1-9]\d* firing/.test(text));
  await page.getByRole("link", { name: "Sources" }).click();
  await page.getByText("This server does not offer that yet.").waitFor();
});
