// What others write into an alert is text, whatever it looks like.

import assert from "node:assert/strict";

import { row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { setting } from "./setting.mjs";

const { scenario } = setting();
const SCRIPT = "<script>globalThis.ran = 1</script>";
const IMAGE = '<img src="x" onerror="globalThis.ran = 2">';

scenario("markup in an alert is shown as it was written, and nothing of it runs", async ({ server, open }) => {
  await server.fire(notification({ id: `hostile${IMAGE}`, summary: `${SCRIPT}${IMAGE}`, host: '"><svg onload=globalThis.ran=3>', value: "<b>97%</b>" }));
  const page = await open();
  await row(page, "<script>").waitFor();
  assert.ok((await row(page, "<script>").innerText()).includes(SCRIPT));
  await row(page, "<script>").locator("a").click();
  await page.locator("#detail .history summary").first().click();
  await page.locator("#detail pre", { hasText: "<script>" }).waitFor();
  await page.keyboard.press("s");
  await page.locator("#silence-dialog").waitFor();
  await page.keyboard.press("Escape");
  const foreign = await page.evaluate(() => document.querySelectorAll("#console :is(script, img, svg:not(.timeline svg), svg[onload], b, iframe), dialog :is(script, img, svg, b)").length);
  assert.equal(foreign, 0);
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
});

scenario("markup in quarantine is text, too", async ({ server, open }) => {
  await server.post({ [IMAGE]: SCRIPT });
  const page = await open("?view=quarantine");
  await page.locator(".row.quarantined a").first().click();
  await page.locator("#detail pre", { hasText: "<script>" }).waitFor();
  assert.equal(await page.locator("#detail :is(script, img)").count(), 0);
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
});

scenario("an address in the query is text, too", async ({ open }) => {
  const page = await open(`?q=${encodeURIComponent(IMAGE)}&source=${encodeURIComponent(SCRIPT)}&filter=${encodeURIComponent(`a="${IMAGE}"`)}&open=${encodeURIComponent(SCRIPT)}`);
  await page.getByRole("button", { name: /Remove the filter/ }).waitFor();
  assert.equal(await page.locator("#console :is(script, img)").count(), 0);
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
});

scenario("a link that is none of the web's is no link", async ({ open }) => {
  const page = await open();
  const alert = {
    ...{ fingerprint: "a".repeat(32), source: "netdata", account: "x", condition: "firing", handling: "open", severity: "critical", severity_raw: "Critical" },
    ...{ title: "Bad link", summary: null, resource: null, service: null, value: null, url: "javascript:globalThis.ran=4", acknowledgement: null },
    ...{ labels: { alertname: "x" }, annotations: { runbook: "javascript:globalThis.ran=5", wiki: "https://wiki.example.net/disks", data: "data:text/html,x" } },
    ...{ first_seen: "2026-01-01T00:00:00Z", last_seen: "2026-01-01T00:00:00Z", last_received_at: "2026-01-01T00:00:00Z", condition_since: "2026-01-01T00:00:00Z" },
    ...{ started_at: null, ended_at: null, auto_resolve: "recovery", episode: null, occurrences: 1, duplicates: 0, flaps: 0, revision: 1, silenced_by: [] },
  };
  await page.route("**/v1/alerts?**", (route) => route.fulfill({ json: { alerts: [alert], next_cursor: null } }));
  await page.route("**/v1/alerts/a*", (route) => route.fulfill({ json: alert }));
  await row(page, "Bad link").locator("a").click({ timeout: 12_000 });
  await page.locator("#detail").getByText("javascript:globalThis.ran=5").waitFor();
  const links = await page.locator("#detail a").evaluateAll((all) => all.map((link) => [link.getAttribute("href"), link.rel]));
  assert.deepEqual(links, [["https://wiki.example.net/disks", "noopener noreferrer"]]);
  await page.keyboard.press("o");
  await page.getByText("Its source gave no link.").waitFor();
});

scenario("the policy stops a script that got in anyway", async ({ open }) => {
  const page = await open();
  await page.getByRole("link", { name: "Alerts" }).waitFor();
  const outcome = await page.evaluate(() => {
    const said = [];
    try {
      document.body.innerHTML = "<p>markup</p>";
      said.push("innerHTML worked");
    } catch (error) {
      said.push(error.name);
    }
    const script = document.createElement("script");
    try {
      script.textContent = "globalThis.ran = 6";
      document.body.append(script);
    } catch (error) {
      said.push(error.name);
    }
    return [...said, globalThis.ran ?? "nothing ran"];
  });
  assert.deepEqual([outcome[0], outcome.at(-1)], ["TypeError", "nothing ran"]);
  await page.waitForFunction(() => globalThis.violations.length > 0);
  await page.evaluate(() => (globalThis.violations = []));
  page.wrongs.length = 0;
});
