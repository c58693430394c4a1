// Everything without a mouse, and everything on a telephone.

import assert from "node:assert/strict";

import { focused, row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { API_TOKEN } from "./server.mjs";
import { eventually, setting } from "./setting.mjs";

const HERE = "keys.example.net";
const OURS = `?q=${HERE}`;
const { scenario } = setting(
  notification({ id: "key-1", host: HERE, summary: "First", minutesAgo: 1 }),
  notification({ id: "key-2", host: HERE, summary: "Second", minutesAgo: 2 }),
  notification({ id: "key-3", host: HERE, summary: "Third", status: "Warning", minutesAgo: 3 }),
);
const HANDLE = { needs: ["POST", `v1/alerts/${"0".repeat(32)}/acknowledge`] };
const SILENCES = { needs: ["GET", "v1/silences"] };

scenario("signing in, walking, opening and closing need no mouse", async ({ open }) => {
  const page = await open(OURS, { token: null });
  await page.keyboard.type(API_TOKEN);
  await page.keyboard.press("Enter");
  await row(page, "First").waitFor();
  await page.keyboard.press("j");
  await eventually(() => focused(page), (text) => text.includes("First"));
  for (const [key, title] of [["j", "Second"], ["j", "Third"], ["j", "Third"], ["k", "Second"], ["End", "Third"], ["Home", "First"], ["ArrowDown", "Second"]]) {
    await page.keyboard.press(key);
    assert.match(await focused(page), new RegExp(title), `after ${key}`);
  }
  assert.match(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), /solid/);
  await page.keyboard.press("Enter");
  await eventually(() => focused(page), (text) => text.startsWith("Second"));
  assert.equal(await page.evaluate(() => document.activeElement.closest("#detail") !== null), true);
  await page.keyboard.press("j");
  await page.locator("#detail .title", { hasText: "Third" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#detail").waitFor({ state: "hidden" });
  assert.match(await focused(page), /Third/);
});

scenario("keys acknowledge and give back, and never act on an alert that nobody chose", async ({ server, open }) => {
  const page = await open(OURS);
  await row(page, "First").waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("a");
  await page.getByText("Choose an alert first").waitFor();
  const { alerts } = await server.get("v1/alerts?handling=acknowledged&limit=1000");
  assert.deepEqual(alerts.filter(({ resource }) => resource === HERE), []);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const chosen = (await focused(page)).includes("First") ? "First" : "Second";
  await page.keyboard.press("a");
  await row(page, chosen).filter({ hasText: "✓" }).waitFor();
  assert.match(await focused(page), new RegExp(chosen));
  await page.keyboard.press("u");
  await row(page, chosen).filter({ hasNotText: "✓" }).waitFor();
}, HANDLE);

scenario("a row that leaves the list hands the focus to its neighbour", async ({ open }) => {
  const page = await open(`${OURS}&handling=open`);
  await row(page, "First").locator("a").focus();
  await page.keyboard.press("a");
  await row(page, "First").waitFor({ state: "detached" });
  assert.match(await focused(page), /Second/);
}, HANDLE);

scenario("a silence is made with keys alone", async ({ open }) => {
  const page = await open(OURS);
  await row(page, "Third").locator("a").focus();
  await page.keyboard.press("s");
  await page.locator("#silence-dialog").waitFor();
  await page.keyboard.type("planned");
  await page.keyboard.press("Enter");
  await page.locator("#silence-dialog").waitFor({ state: "hidden" });
  await row(page, "Third").filter({ hasText: "silenced" }).waitFor();
  assert.match(await focused(page), /Third/);
  await page.keyboard.press("2");
  await page.locator(".row.silence", { hasText: "planned" }).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "End now" }).waitFor();
  await page.keyboard.press("e");
  await page.keyboard.press("Enter");
  await page.locator(".row.silence", { hasText: "planned" }).waitFor({ state: "detached" });
}, SILENCES);

scenario("the slash goes to the text filter, and Escape back to the list", async ({ open }) => {
  const page = await open(OURS);
  await row(page, "First").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type(`second on ${HERE}`);
  await eventually(() => page.locator(".row.alert").count(), (count) => count === 1);
  await page.keyboard.press("Escape");
  assert.match(await focused(page), /Second/);
  await page.keyboard.press("x");
  await row(page, "First").waitFor();
});

scenario("single keys can be switched off", async ({ open }) => {
  const page = await open(OURS);
  await row(page, "First").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).getByLabel(/Single keys/).uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("3");
  assert.equal(new URL(page.url()).search, OURS);
});

scenario("every control has a name, and every view is reached by Tab", async ({ open }) => {
  const page = await open(OURS);
  await row(page, "First").locator("a").press("Enter");
  await page.locator("#detail .history summary").first().waitFor();
  const nameless = await page.evaluate(() => {
    const named = (node) => node.ariaLabel || node.innerText?.trim() || node.labels?.[0]?.innerText || node.title;
    const controls = document.querySelectorAll("#console :is(button, a, input, select, textarea, summary)");
    return [...controls].filter((node) => node.checkVisibility() && !named(node)).map((node) => node.outerHTML);
  });
  assert.deepEqual(nameless, []);
  await page.evaluate(() => document.activeElement.blur());
  const reached = new Set();
  for (let press = 0; press < 60; press += 1) {
    await page.keyboard.press("Tab");
    reached.add(await focused(page));
  }
  for (const name of ["Alerts", "Silences", "Quarantine", "Sources", "Sign out", "Close", "Silence", "Resolve"]) {
    assert.ok(reached.has(name), `${name} among ${[...reached].join(" | ")}`);
  }
});

scenario("the theme follows the device until somebody chooses", async ({ open }) => {
  const page = await open("", { colorScheme: "dark" });
  await row(page, "First").waitFor();
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.emulateMedia({ colorScheme: "light" });
  const light = await ground();
  assert.notEqual(dark, light);
  await page.keyboard.press("t");
  assert.equal(await ground(), dark);
  await page.reload();
  await row(page, "First").waitFor();
  assert.equal(await ground(), dark);
});

scenario("on a telephone nothing is cut off, and the detail takes the whole screen", async ({ open }) => {
  const page = await open(OURS, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await row(page, "First").waitFor();
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await overflow(), 0);
  await page.getByRole("button", { name: "Filters" }).tap();
  await page.getByLabel("Severity").selectOption("critical");
  await row(page, "Third").waitFor({ state: "detached" });
  await row(page, "First").locator("a").tap();
  await page.locator("#detail .history summary").first().waitFor();
  assert.equal(await page.locator("#list").isVisible(), false);
  assert.equal(await overflow(), 0);
  await page.locator("#detail").getByRole("button", { name: "Silence" }).tap();
  await page.locator("#silence-dialog").waitFor();
  assert.equal(await overflow(), 0);
  await page.getByRole("button", { name: "Cancel" }).tap();
  await page.getByRole("button", { name: "Close" }).tap();
  await row(page, "First").waitFor();
  for (const view of ["Silences", "Quarantine", "Notifications", "Destinations", "Sources"]) {
    await page.getByRole("link", { name: view }).tap();
    assert.equal(await overflow(), 0, view);
  }
  await page.locator("#sources tbody tr", { hasText: "netdata" }).waitFor();
  const names = await page.locator("#sources tbody td").evaluateAll((cells) => cells.map((cell) => [cell.dataset.name, cell.checkVisibility()]));
  assert.deepEqual(names.slice(-2), [["Events, last hour", true], ["Quarantined, last hour", true]]);
});
