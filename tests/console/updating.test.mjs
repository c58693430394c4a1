// The page stays true by itself, and says so where it cannot.

import assert from "node:assert/strict";

import { row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { eventually, setting } from "./setting.mjs";

const { scenario } = setting(notification({ id: "warning-old", summary: "Old warning", status: "Warning", minutesAgo: 90 }));

scenario("the page brings itself up to date, and the focus stays where it was", async ({ server, open }) => {
  const page = await open();
  await row(page, "Old warning").locator("a").focus();
  await page.evaluate(() => (globalThis.sameDocument = true));
  await server.fire(notification({ id: "arrives", summary: "Arrives by itself", minutesAgo: 0 }));
  await row(page, "Arrives by itself").waitFor({ timeout: 12_000 });
  await page.getByRole("status").filter({ hasText: "Arrives by itself" }).waitFor();
  assert.equal(await page.evaluate(() => globalThis.sameDocument), true);
  assert.match(await page.evaluate(() => document.activeElement.innerText), /Old warning/);

  await server.fire(notification({ id: "arrives", summary: "Arrives by itself", status: "Clear", minutesAgo: 0 }));
  await row(page, "Arrives by itself").waitFor({ state: "detached", timeout: 12_000 });
});

scenario("an update that brings nothing new touches nothing but the ages", async ({ open }) => {
  const page = await open();
  await row(page, "Old warning").locator("a").click();
  await page.locator("#detail .history summary").first().waitFor();
  await page.locator("#detail .history summary").first().click();
  await page.locator("#detail pre").waitFor();
  await page.evaluate(() => {
    globalThis.touched = [];
    const name = ({ type, target, attributeName }) => `${type} ${attributeName ?? ""} ${target.id || target.className || target.nodeName}`;
    const isSame = ({ type, target, attributeName, oldValue }) => type === "attributes" && target.getAttribute(attributeName) === oldValue;
    const isAge = ({ target }) => (target.nodeName === "#text" ? target.parentElement : target)?.closest("time");
    const look = (records) => globalThis.touched.push(...records.filter((record) => !isAge(record) && !isSame(record)).map(name));
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeOldValue: true });
  });
  const answers = [];
  page.on("response", (response) => answers.push(response.url()));
  await eventually(() => answers.filter((url) => url.includes("v1/alerts?")).length, (count) => count >= 2, 15_000);
  const touched = await page.evaluate(() => globalThis.touched);
  // The light of the connection says when it last heard; the picture of a life grows every half minute.
  assert.deepEqual(touched.filter((touch) => touch !== "attributes title live" && touch !== "childList  picture"), []);
  assert.ok(touched.filter((touch) => touch === "childList  picture").length <= 1);
});

scenario("a page that nobody sees asks seldom, and catches up when it is seen", async ({ open }) => {
  const page = await open();
  await row(page, "Old warning").waitFor();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const hide = (hidden) => page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  await hide(true);
  asked.length = 0;
  await page.waitForTimeout(6500);
  assert.deepEqual(asked, []);
  await hide(false);
  await eventually(() => asked.length, (count) => count > 0, 2000);
});

scenario("a refresh that finds nothing changed takes less than a kilobyte", async ({ server, open, diagnose }) => {
  await server.fire(...Array.from({ length: 40 }, (_, n) => notification({ id: `one-of-many-${n}`, summary: `One of many, ${n}`, minutesAgo: 100 + n })));
  const page = await open();
  await row(page, "Old warning").waitFor();
  const devtools = await page.context().newCDPSession(page);
  const answered = [];
  devtools.on("Network.responseReceived", ({ requestId, response }) => answered.push({ requestId, path: new URL(response.url).pathname, bytes: response.encodedDataLength }));
  devtools.on("Network.dataReceived", ({ requestId, encodedDataLength }) => answered.push({ requestId, bytes: encodedDataLength }));
  await devtools.send("Network.enable");
  // The first may bring something that was counted meanwhile; what follows does not.
  const lists = () => answered.flatMap(({ path }, place) => (path === "/v1/alerts" ? [place] : []));
  await eventually(lists, ({ length }) => length >= 3, 20_000);
  const refresh = answered.slice(lists()[1] + 1, lists()[2] + 1);
  const bytes = refresh.reduce((sum, answer) => sum + answer.bytes, 0);
  diagnose(`a refresh that found nothing changed took ${bytes} bytes`);
  assert.ok(bytes > 0 && bytes < 1024, JSON.stringify(refresh));
});

scenario("a lost connection is said, and what is on the page stays", async ({ open }) => {
  const page = await open();
  await row(page, "Old warning").waitFor();
  await page.context().setOffline(true);
  await page.getByRole("alert").filter({ hasText: "No connection to the server." }).waitFor({ timeout: 12_000 });
  assert.ok(await row(page, "Old warning").isVisible());
  await row(page, "Old warning").locator("a").focus();
  await page.keyboard.press("a");
  await page.getByText("Not done: the server cannot be reached.").waitFor();
  await page.context().setOffline(false);
  await page.locator("#trouble").waitFor({ state: "hidden", timeout: 15_000 });
});

scenario("a server that cannot answer is said in its own words", async ({ open }) => {
  const page = await open();
  await row(page, "Old warning").waitFor();
  const error = { code: "unavailable", message: "the table cannot be read at present: try again" };
  await page.route("**/v1/alerts?**", (route) => route.fulfill({ status: 503, json: { error } }));
  await page.getByRole("alert").filter({ hasText: "the table cannot be read at present" }).waitFor({ timeout: 12_000 });
  assert.ok(await row(page, "Old warning").isVisible());
});

scenario("a token that was withdrawn leads back to signing in, with nothing left on the page", async ({ open }) => {
  const page = await open();
  await row(page, "Old warning").waitFor();
  await page.route("**/v1/**", (route) => route.fulfill({ status: 401, json: { error: { code: "unauthorized", message: "unauthorized" } } }));
  await page.getByText("The server does not accept this token any more.").waitFor({ timeout: 12_000 });
  assert.equal(await page.locator(".row.alert").count(), 0);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});
