// A new critical alert is on the screen within seconds, and sounds only where somebody asked for it; the life of one alert as a picture.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { IS_DEBUG_BUILD } from "./server.mjs";
import { eventually, setting } from "./setting.mjs";

const AXE = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const { scenario } = setting(notification({ id: "calm", summary: "Known critical", minutesAgo: 90 }));
/** A build without optimisation answers several times as slowly. */
const VISIBLE_MS = IS_DEBUG_BUILD ? 12_000 : 6000;

/** Counts tones and notifications instead of making them. */
function listen() {
  globalThis.rung = { tones: 0, notes: [] };
  const node = { connect: (next) => next, start: () => (globalThis.rung.tones += 1), stop() {}, frequency: {}, gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} } };
  globalThis.AudioContext = class {
    currentTime = 0;
    resume() {}
    createOscillator = () => node;
    createGain = () => node;
  };
  globalThis.Notification = class {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor(title) {
      globalThis.rung.notes.push(title);
    }
    addEventListener() {}
    close() {}
  };
}

scenario("nothing sounds until somebody asks for it; then a new critical alert does, once", async ({ server, open }) => {
  const page = await open("?severity=warning&q=nothing-like-that");
  // Before that nobody has signed in, and a reload forgets who was about to.
  await page.getByRole("button", { name: "Alarm off" }).waitFor();
  await page.context().addInitScript(listen);
  await page.reload();
  await page.getByRole("button", { name: "Alarm off" }).waitFor();
  await server.fire(notification({ id: "silent", summary: "Before anybody asked", minutesAgo: 0 }));
  await page.waitForTimeout(5000);
  assert.deepEqual(await page.evaluate(() => globalThis.rung), { tones: 0, notes: [] });
  const icon = () => page.locator("link[rel=icon]").getAttribute("href");
  const calm = await icon();

  await page.getByRole("button", { name: "Alarm off" }).click();
  for (const what of ["Ring", "Show a notification", "Turn the icon"]) await page.getByRole("dialog").getByLabel(what).check();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Alarm on" }).waitFor();
  await eventually(icon, (href) => href !== calm);
  const trial = await page.evaluate(() => globalThis.rung.tones);
  await server.fire(notification({ id: "loud", summary: "Sounds", minutesAgo: 0 }), notification({ id: "quiet", summary: "Only a warning", status: "Warning", minutesAgo: 0 }));
  await eventually(() => page.evaluate(() => globalThis.rung.notes), (notes) => notes.length > 0);
  await page.waitForTimeout(5000);
  const rung = await page.evaluate(() => globalThis.rung);
  assert.deepEqual(rung.notes.map((title) => title.split(" on ")[0]), ["Sounds"]);
  assert.equal(rung.tones, trial + 2);
  await page.reload();
  await page.getByRole("button", { name: "Alarm on" }).waitFor();
});

scenario("a new critical alert is on the screen within seconds, and nothing comes twice", async ({ server, open, diagnose }) => {
  const page = await open();
  await row(page, "Known critical").waitFor();
  const began = Date.now();
  await server.fire(notification({ id: "seconds", summary: "Within seconds", minutesAgo: 0 }));
  await row(page, "Within seconds").waitFor({ timeout: VISIBLE_MS });
  diagnose(`a new critical alert was on the screen after ${Date.now() - began} ms`);
  // What has not changed is not sent again.
  const sizes = [];
  page.on("response", async (response) => response.url().includes("/v1/alerts?") && sizes.push(response.status()));
  await eventually(() => sizes.length, (count) => count >= 2, 15_000);
  assert.ok(sizes.slice(1).every((status) => status === 304), sizes.join());
});

scenario("one alert shows its life as a picture, and says the same as a table", async ({ server, open }) => {
  for (const [status, minutesAgo, value] of [["Warning", 400, "81%"], ["Critical", 300, "93%"], ["Clear", 250, "60%"], ["Critical", 60, "97%"]]) {
    await server.fire(notification({ id: "life", summary: "Story of a disk", status, value, minutesAgo }));
  }
  const page = await open("?q=story", { bypassCSP: true });
  await row(page, "Story of a disk").locator("a").click();
  const picture = page.locator(".timeline svg");
  await picture.waitFor();
  assert.match(await picture.getAttribute("aria-label"), /^Timeline of fires, value/);
  assert.equal(await picture.locator(".bar-severity").count(), 3);
  await page.keyboard.press("a");
  await picture.locator(".bar-plain").waitFor();
  await page.locator(".timeline summary").click();
  const lines = await page.locator(".timeline tbody tr").allInnerTexts();
  assert.equal(lines.length, 5);
  assert.match(lines[0], /acknowledged it/);
  assert.match(lines.at(-1), /opened, warning\s+81%/);
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`));
  assert.deepEqual(violations, []);
});

scenario("an alert's link can be copied, and its runbook stands first", async ({ open }) => {
  const page = await open("", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.route(/v1\/alerts(\?|\/[0-9a-f]{32}$)/, async (route) => {
    const answer = await route.fetch({ headers: { ...route.request().headers(), "if-none-match": "" } });
    const body = await answer.json();
    for (const alert of body.alerts ?? [body]) alert.annotations.runbook_url = "https://wiki.example.net/disks";
    await route.fulfill({ json: body });
  });
  await row(page, "Known critical").locator("a").click();
  const first = page.locator("#detail .buttons > *").first();
  await page.locator("#detail .buttons a", { hasText: "Runbook" }).waitFor({ timeout: 12_000 });
  assert.equal(await first.innerText(), "Runbook");
  await page.locator("#detail").getByRole("button", { name: "Copy link" }).click();
  await page.getByRole("status").filter({ hasText: "The link is copied." }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /\/\?open=[0-9a-f]{32}$/);
  await page.unrouteAll({ behavior: "ignoreErrors" });
});
