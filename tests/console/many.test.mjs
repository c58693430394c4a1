// A night with many alerts: groups, a selection, one action for all of them, and matchers to find them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { eventually, setting } from "./setting.mjs";

const AXE = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const STORE = "store-07.example.net";
const EDGE = "edge-01.example.net";
const { scenario } = setting();
const BULK = { needs: ["POST", "v1/alerts/actions"] };

/** Lets 24 alerts of one host fire and three of another. */
async function fire(server, night) {
  const disks = Array.from({ length: 24 }, (_, n) => notification({ id: `${night}-disk-${n}`, host: `${night}-${STORE}`, summary: `Disk ${n} is degraded`, status: n % 8 ? "Warning" : "Critical", minutesAgo: 2 + n, value: `${n} errors` }));
  const edges = Array.from({ length: 3 }, (_, n) => notification({ id: `${night}-edge-${n}`, host: `${night}-${EDGE}`, summary: `Link ${n} is down`, minutesAgo: 5 + n, value: "0 Mbit/s" }));
  await server.fire(...disks, ...edges);
}

scenario("alerts are grouped by resource, the worst first, and a large group is folded", async ({ server, open }) => {
  await fire(server, "group");
  const page = await open("?q=group-&group=resource");
  const heads = page.locator("#alerts .fold");
  await eventually(() => heads.count(), (count) => count === 2);
  const store = page.getByRole("button", { name: `group-${STORE}` });
  assert.match(await store.innerText(), /24 · 3 critical, 21 warning/);
  assert.equal(await store.getAttribute("aria-expanded"), "false");
  assert.equal(await page.locator(".row.alert").count(), 3);
  await store.click();
  await eventually(() => page.locator(".row.alert").count(), (count) => count === 27);
  await store.click();
  await eventually(() => page.locator(".row.alert").count(), (count) => count === 3);

  await page.getByLabel("Group by").selectOption("name");
  await page.getByRole("button", { name: "disk_space_usage" }).waitFor();
  assert.match(page.url(), /group=name/);
  await page.getByLabel("Group by").selectOption("source");
  await page.getByRole("button", { name: "netdata 27" }).waitFor();
  await page.getByLabel("Group by").selectOption("none");
  await eventually(() => page.locator(".row.alert").count(), (count) => count === 27);
});

scenario("one press acknowledges all that the filter shows, and what was not done is reported", async ({ server, open }) => {
  await fire(server, "press");
  const page = await open(`?q=press-`);
  await eventually(() => page.locator(".row.alert").count(), (count) => count === 27);
  await row(page, "Link 1").locator("a").focus();
  await page.keyboard.press("a");
  await row(page, "Link 1").filter({ hasText: "✓" }).waitFor();

  const asked = [];
  page.on("request", (request) => request.method() === "POST" && asked.push(request.url()));
  await page.getByLabel("Select all 27").check();
  await page.getByText("27 of 27 selected").waitFor();
  await page.locator("#selection").getByRole("button", { name: "Acknowledge" }).click();
  await page.getByRole("status").filter({ hasText: /^Acknowledged: 2[67] of 27\./ }).waitFor();
  await eventually(() => page.locator('.row.alert[data-handling="acknowledged"]').count(), (count) => count === 27);
  assert.equal(asked.length, 1);
  await page.getByLabel("Select all 27").waitFor();
  const { alerts } = await server.get("v1/alerts?q=press-&handling=acknowledged&limit=1000");
  assert.equal(alerts.length, 27);
}, BULK);

scenario("a group is selected and silenced, and nothing that is not in it", async ({ server, open }) => {
  await fire(server, "mute");
  const page = await open("?q=mute-&group=resource");
  await page.getByLabel(`Select the group mute-${STORE}`).check();
  await page.getByText("24 of 27 selected").waitFor();
  await page.locator("#selection").getByRole("button", { name: "Silence" }).click();
  const dialog = page.getByRole("dialog", { name: "Silence 24 alerts" });
  await dialog.getByRole("button", { name: "Silence" }).click();
  assert.ok(await dialog.isVisible(), "a silence needs a reason");
  await dialog.getByLabel("Why").fill("moving the rack");
  await dialog.getByRole("button", { name: "Silence" }).click();
  await page.getByRole("status").filter({ hasText: "Silenced: 24 of 24." }).waitFor();
  await page.getByRole("button", { name: /24 silenced/ }).waitFor({ timeout: 12_000 });
  const { alerts } = await server.get("v1/alerts?q=mute-&limit=1000");
  const silenced = alerts.filter(({ handling }) => handling === "silenced");
  assert.equal(silenced.length, 24);
  assert.ok(silenced.every(({ resource }) => resource.endsWith(STORE)));
}, BULK);

scenario("a selection can be silenced by what it has in common", async ({ server, open }) => {
  await fire(server, "common");
  const page = await open("?q=common-&group=resource");
  await page.getByLabel(`Select the group common-${EDGE}`).check();
  await page.locator("#selection").getByRole("button", { name: "Silence" }).click();
  await page.getByRole("button", { name: "Use what they have in common" }).click();
  const dialog = page.getByRole("dialog", { name: "New silence" });
  const names = await dialog.locator(".matcher .name").evaluateAll((fields) => fields.map((field) => field.value));
  assert.ok(names.includes("instance") && !names.includes("chart"), names.join());
  await dialog.getByText(/Covers 3 of \d+ firing/).waitFor();
});

scenario("a selection is made with keys alone, and goes with the alerts that leave", async ({ server, open }) => {
  await fire(server, "keys");
  const page = await open("?q=keys-");
  await row(page, "Link 0").locator("a").focus();
  await page.keyboard.press(" ");
  await page.getByText("1 of 27 selected").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("v");
  await page.getByText("2 of 27 selected").waitFor();
  await page.keyboard.press("r");
  await page.getByRole("dialog", { name: "Resolve 2 alerts by hand?" }).getByRole("button", { name: "Resolve" }).click();
  await eventually(() => page.locator(".row.alert").count(), (count) => count === 25);
  await page.getByLabel("Select all 25").waitFor();
  await page.keyboard.press("V");
  await page.getByText("25 of 25 selected").waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Select all 25").waitFor();
}, BULK);

scenario("a matcher that is typed becomes a filter, and labels and ids are looked for", async ({ server, open }) => {
  await fire(server, "match");
  const page = await open();
  await page.getByLabel("Text or matcher").fill(`instance="match-${EDGE}"`);
  await page.keyboard.press("Enter");
  await eventually(() => page.locator(".row.alert").count(), (count) => count === 3);
  assert.deepEqual(new URL(page.url()).searchParams.getAll("filter"), [`instance="match-${EDGE}"`]);
  assert.equal(await page.getByLabel("Text or matcher").inputValue(), "");
  await page.getByRole("button", { name: /Remove the filter/ }).click();

  const { alerts } = await server.get("v1/alerts?q=match-&limit=1000");
  const { fingerprint } = alerts.find((alert) => alert.title.startsWith("Link 2"));
  await page.getByLabel("Text or matcher").fill(fingerprint.slice(0, 12));
  await eventually(() => page.locator(".row.alert").count(), (count) => count === 1);
  assert.match(await page.locator(".row.alert").innerText(), /Link 2 is down/);
  await page.getByLabel("Text or matcher").fill(`instance=match-${STORE}`);
  await page.keyboard.press("Enter");
  await eventually(() => page.locator(".row.alert").count(), (count) => count === 24);
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1024, 1440]) {
    scenario(`the host is in full view and axe finds nothing at ${width} px, ${colorScheme}`, async ({ server, open }) => {
      const name = `axe${width}${colorScheme}`;
      await fire(server, name);
      for (const group of ["", "resource"]) {
        const page = await open(`?q=${name}-&group=${group}`, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        await row(page, "Link 0").waitFor();
        await row(page, "Link 0").locator(".pick").check();
        const cut = await page.locator(".row.alert :is(.where, .value)").evaluateAll((cells) => cells.filter((cell) => cell.checkVisibility() && cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.innerText));
        assert.deepEqual(cut, []);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(overflow, 0);
        await page.evaluate(AXE);
        const violations = await page.evaluate(async () => (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 2).join(" ")}`));
        assert.deepEqual(violations, []);
      }
    });
  }
}
