// A whole night on call with the keyboard alone: every action that the console has.

import assert from "node:assert/strict";

import { focused, row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { API_TOKEN } from "./server.mjs";
import { eventually, setting } from "./setting.mjs";

const { scenario } = setting(
  notification({ id: "night-1", summary: "Disk full", host: "db-01.example.net", minutesAgo: 3 }),
  notification({ id: "night-2", summary: "Swap full", host: "db-02.example.net", minutesAgo: 2 }),
  notification({ id: "night-3", summary: "Packets lost", host: "edge.example.net", status: "Warning", minutesAgo: 1 }),
);

scenario("every action is done without a mouse", async ({ server, open }) => {
  for (const unexpected of ["first", "second"]) await server.post({ unexpected });
  const page = await open("", { token: null });
  await page.evaluate(() => document.addEventListener("pointerdown", () => (globalThis.pointed = true), { capture: true }));
  const keys = keyboardOf(page);

  await keys.type(API_TOKEN, "Enter");
  await row(page, "Disk full").waitFor();
  await takeWithANoteAndGiveBack(page, keys);
  await writeAndReadOn(page, keys);
  await silenceChangeAndEnd(page, keys);
  await filter(page, keys);
  await resolveByHand(server, page, keys);
  await replayAndDelete(server, page, keys);
  await keys.press("4");
  await page.locator("#sources tbody tr", { hasText: "netdata" }).waitFor();
  await keys.reach("Sign out");
  await keys.press("Enter");
  await page.getByLabel("API token").waitFor();
  assert.equal(await page.evaluate(() => globalThis.pointed), undefined);
});

async function takeWithANoteAndGiveBack(page, keys) {
  await walkTo(page, keys, "Swap full");
  await keys.press("A");
  await keys.type("looking at it", "Control+Enter");
  await row(page, "Swap full").filter({ hasText: "✓ developer" }).waitFor();
  await keys.press("u");
  await row(page, "Swap full").filter({ hasNotText: "✓" }).waitFor();
  await keys.press("a");
  await row(page, "Swap full").filter({ hasText: "✓ developer" }).waitFor();
}

/** The note, the history, a raw body and its replay. */
async function writeAndReadOn(page, keys) {
  await keys.press("Enter");
  const detail = page.locator("#detail");
  await detail.locator(".title", { hasText: "Swap full" }).waitFor();
  await keys.press("n");
  await keys.type("called the landlord", "Control+Enter");
  await detail.locator(".notes li", { hasText: "called the landlord" }).waitFor();
  await keys.press("Escape");
  await keys.reachWhere((node) => node.matches(".history summary"));
  await keys.press("Enter");
  await detail.locator("pre", { hasText: "Swap full" }).waitFor();
  await keys.reach("Replay this request");
  await keys.press("Enter");
  await page.getByText("Replayed: everything in it was known already.").waitFor();
  await keys.press("Escape");
  await detail.waitFor({ state: "hidden" });
}

async function silenceChangeAndEnd(page, keys) {
  await walkTo(page, keys, "Packets lost");
  await keys.press("s");
  await page.getByRole("dialog", { name: "New silence" }).waitFor();
  await keys.type("moving the rack", "Enter");
  await row(page, "Packets lost").filter({ hasText: "silenced" }).waitFor();

  await keys.press("2");
  await page.locator(".row.silence", { hasText: "moving the rack" }).waitFor();
  await keys.press("j", "Enter");
  await page.getByRole("button", { name: "Change" }).waitFor();
  await keys.press("c");
  await page.getByRole("dialog", { name: "Change the silence" }).waitFor();
  await keys.reachWhere((node) => node.name === "comment");
  await keys.press("Control+a");
  await keys.type("it takes longer", "Enter");
  await page.locator(".row.silence", { hasText: "it takes longer" }).waitFor();
  await keys.press("e", "Enter");
  await page.locator(".row.silence").waitFor({ state: "detached" });

  await keys.press("s");
  await page.getByRole("dialog", { name: "New silence" }).waitFor();
  await keys.type("instance", "Tab", "Tab", "nobody");
  await keys.reachWhere((node) => node.name === "comment");
  await keys.type("made from nothing", "Enter");
  await page.locator(".row.silence", { hasText: "made from nothing" }).waitFor();
}

async function filter(page, keys) {
  await keys.press("1");
  await row(page, "Disk full").waitFor();
  await keys.reachWhere((node) => node.name === "severity");
  await keys.type("critical");
  await row(page, "Packets lost").waitFor({ state: "detached" });
  await keys.press("Escape", "/");
  await keys.type("disk full");
  await row(page, "Swap full").waitFor({ state: "detached" });
  await keys.press("Escape");
  assert.match(await focused(page), /Disk full/);
  await keys.press("x");
  await row(page, "Packets lost").waitFor();
}

async function resolveByHand(server, page, keys) {
  await walkTo(page, keys, "Disk full");
  await keys.press("r");
  await keys.type("disk replaced", "Control+Enter");
  await row(page, "Disk full").waitFor({ state: "detached" });
  const { alerts } = await server.get("v1/alerts?condition=resolved");
  assert.deepEqual(alerts.map(({ resource }) => resource), ["db-01.example.net"]);
}

async function replayAndDelete(server, page, keys) {
  await keys.press("3");
  await eventually(() => page.locator(".row.quarantined").count(), (count) => count === 2);
  await keys.press("j", "p");
  await page.getByText(/^Not done: /).waitFor();
  await keys.press("d", "Enter");
  await eventually(() => page.locator(".row.quarantined").count(), (count) => count === 1);
  const { quarantine } = await server.get("v1/quarantine");
  assert.equal(quarantine.length, 1);
}

/** Moves down the list to the alert with this title. */
async function walkTo(page, keys, title) {
  await page.evaluate(() => document.activeElement.blur());
  for (let step = 0; step < 4; step += 1) {
    await keys.press("j");
    if ((await focused(page)).includes(title)) return;
  }
  assert.fail(`${title} is not reached; the focus is on ${await focused(page)}`);
}

/** The keyboard: single keys, words with keys behind them, and Tab until something has the focus. */
function keyboardOf(page) {
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const isKey = (text) => /^(Enter|Escape|Tab|Control\+.+)$/.test(text);
  const type = async (...texts) => {
    for (const text of texts) await (isKey(text) ? press(text) : page.keyboard.type(text));
  };
  const reachWhere = async (test) => {
    for (let step = 0; step < 80; step += 1) {
      await press("Tab");
      if (await page.evaluate(`(${test})(document.activeElement)`)) return;
    }
    assert.fail(`Tab does not reach ${test}`);
  };
  const reach = (name) => reachWhere(`(node) => node.innerText?.trim() === ${JSON.stringify(name)}`);
  return { press, type, reach, reachWhere };
}
