// All that sources said, notices included, and the request behind each.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { API_TOKEN } from "./server.mjs";
import { notification } from "./notifications.mjs";
import { setting } from "./setting.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe";
const { scenario } = setting(
  notification({ id: "said", summary: "Said and over", minutesAgo: 9 }),
  notification({ id: "said", summary: "Said and over", status: "Clear", minutesAgo: 8 }),
  notification({ id: "hostile", summary: HOSTILE, status: "Warning", minutesAgo: 7 }),
);

const OFFERED = { needs: ["GET", "v1/events"] };
const line = (page, text) => page.locator(".row.event", { hasText: text });

/** A notice: Netdata's test of its webhook. */
async function notice(server) {
  const body = { alert: { name: "Netdata Test Alert", state: { status: "Test" } }, message: "Test Notification" };
  return server.post(body);
}

scenario("every event stands there, and signal and source narrow it", async ({ server, open }) => {
  await notice(server);
  const { events } = await server.get("v1/events?limit=100");
  const page = await open("?view=events");
  await line(page, "Said and over").first().waitFor();
  assert.equal(await page.locator(".row.event").count(), events.length);
  assert.deepEqual(await line(page, "Said and over").locator(".change").allInnerTexts(), ["resolved", "opened"]);
  await page.locator("#event-signal").selectOption("resolved");
  await line(page, "gnp.exe").waitFor({ state: "detached" });
  assert.equal(await page.locator(".row.event").count(), events.filter(({ signal }) => signal === "resolved").length);
  assert.match(new URL(page.url()).search, /signal=resolved/);
  await page.locator("#event-source").selectOption("kazoo");
  await page.getByText("No such event.").waitFor();
}, OFFERED);

scenario("an event shows its request, and leads to its alert", async ({ open }) => {
  const page = await open("?view=events&signal=resolved");
  await line(page, "Said and over").locator("a").click();
  const detail = page.locator("#detail");
  await detail.locator("pre", { hasText: '"summary": "Said and over"' }).waitFor();
  await detail.getByText("resolved", { exact: true }).first().waitFor();
  await detail.getByText("class=Utilization").waitFor();
  await detail.locator(".facts a").first().click();
  await detail.getByText("Resolved since").waitFor();
  assert.ok(!page.url().includes("view=events"));
}, OFFERED);

for (const width of [390, 1024, 1440, 2560]) {
  for (const colorScheme of ["light", "dark"]) {
    scenario(`axe finds nothing at ${width} px, ${colorScheme}`, async ({ open }) => {
      const page = await open("?view=events", { colorScheme, viewport: { width, height: 900 } });
      await nothingForAxe(page, line(page, "gnp.exe"));
      await line(page, "gnp.exe").locator("a").click();
      await nothingForAxe(page, page.locator("#detail pre"));
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    }, OFFERED);
  }
}

async function nothingForAxe(page, awaited) {
  await awaited.first().waitFor();
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`), []);
}

scenario("the eighth key opens it, the keyboard walks it, and a telephone shows it without a second scroll bar", async ({ open }) => {
  const page = await open("", { token: API_TOKEN });
  await page.locator("#counts strong").first().waitFor();
  await page.keyboard.press("8");
  await line(page, "Said and over").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.locator("#detail .title").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#detail").waitFor({ state: "hidden" });
  const phone = await open("?view=events", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await line(phone, "Said and over").first().waitFor();
  assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}, OFFERED);
