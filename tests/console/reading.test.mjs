// Somebody opens the page and sees what fires.

import assert from "node:assert/strict";
import { createServer, request as forward } from "node:http";

import { row, signIn } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { API_TOKEN } from "./server.mjs";
import { eventually, setting } from "./setting.mjs";

const HERE = "reading.example.net";
const OURS = `?q=${HERE}`;
const { scenario } = setting(
  notification({ id: "order-1", host: HERE, summary: "Old warning", status: "Warning", minutesAgo: 300 }),
  notification({ id: "order-2", host: HERE, summary: "Old critical", status: "Critical", minutesAgo: 200 }),
  notification({ id: "order-3", host: HERE, summary: "New warning", status: "Warning", minutesAgo: 2 }),
  notification({ id: "order-4", host: HERE, summary: "New critical", status: "Critical", minutesAgo: 3 }),
  notification({ id: "over", host: HERE, summary: "What is over", status: "Critical", minutesAgo: 100 }),
  notification({ id: "over", host: HERE, summary: "What is over", status: "Clear", minutesAgo: 90 }),
);

scenario("a wrong token is refused in words, and the right one lets in", async ({ open }) => {
  const page = await open("", { token: "no-such-token" });
  await page.getByText("This token is not known here.").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await signIn(page, API_TOKEN);
  await row(page, "Old warning").waitFor();
});

scenario("the token is kept for the tab only, and signing out forgets it", async ({ open }) => {
  const page = await open();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  const kept = await page.evaluate(() => [Object.values(sessionStorage), Object.values(localStorage).join(), document.cookie, location.href]);
  assert.deepEqual(kept[0], [API_TOKEN]);
  for (const place of kept.slice(1)) assert.ok(!place.includes(API_TOKEN));
  await page.reload();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("API token").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

scenario("what fires stands there by severity, and within it newest first", async ({ server, open }) => {
  const page = await open(OURS);
  await row(page, "Old warning").waitFor();
  const titles = await page.locator(".row.alert .title").allInnerTexts();
  assert.deepEqual(titles.map((title) => title.split(/\s+on /)[0]), ["New critical", "Old critical", "New warning", "Old warning"]);
  assert.match(await row(page, "Old critical").innerText(), /3h 20m/);
  assert.equal(await page.title(), "(4) Campanile");
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  const { alerts } = await server.get("v1/alerts?condition=firing&limit=1000");
  const critical = alerts.filter(({ severity }) => severity === "critical").length;
  await page.locator("#counts", { hasText: `${alerts.length} firing` }).filter({ hasText: `${critical} critical` }).waitFor();
});

scenario("filters are read from the address, and written to it", async ({ open }) => {
  const page = await open(`${OURS}&severity=critical`);
  await row(page, "New critical").waitFor();
  assert.equal(await page.locator(".row.alert").count(), 2);
  assert.equal(await page.getByLabel("Severity").inputValue(), "critical");

  await page.getByLabel("Severity").selectOption("");
  await page.getByLabel("Condition").selectOption("resolved");
  await row(page, "What is over").waitFor();
  assert.equal(await page.locator(".row.alert").count(), 1);
  assert.equal(new URL(page.url()).search, `?condition=resolved&q=${HERE}`);

  await page.goBack();
  await row(page, "Old warning").waitFor();
  assert.equal(new URL(page.url()).search, OURS);

  await page.getByLabel("Text").fill("old WARN");
  await eventually(() => page.locator(".row.alert").count(), (count) => count === 1);
  await eventually(() => new URL(page.url()).search, (search) => search === "?q=old+WARN");
  await page.reload();
  await row(page, "Old warning").waitFor();
  assert.equal(await page.locator(".row.alert").count(), 1);
  assert.equal(await page.getByLabel("Text").inputValue(), "old WARN");
  await page.locator("#filters").getByLabel("Source").selectOption("kazoo");
  await page.getByText("No alert matches these filters.").waitFor();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await row(page, "New critical").waitFor();
});

scenario("an address may name several words of a filter", async ({ open }) => {
  const page = await open(`${OURS}&condition=firing,resolved&source=netdata,kazoo`);
  await row(page, "What is over").waitFor();
  await row(page, "New critical").waitFor();
  assert.equal(await page.locator(".row.alert").count(), 5);
});

scenario("one alert shows what it says, its history, and the bodies that brought it", async ({ server, open }) => {
  await server.fire(notification({ id: "story", summary: "Story", status: "Warning", minutesAgo: 9 }), notification({ id: "story", summary: "Story", minutesAgo: 4 }));
  const page = await open();
  await row(page, "Story").locator("a").click();
  const detail = page.locator("#detail");
  await detail.getByText("instance=db-01.example.net").waitFor();
  await eventually(() => detail.locator(".history summary").count(), (count) => count === 2);
  await detail.locator(".history summary").first().click();
  await detail.locator("pre", { hasText: '"summary": "Story"' }).waitFor();
  const link = detail.getByRole("link", { name: "Open at app.netdata.cloud" });
  assert.match(await link.getAttribute("rel"), /noopener/);

  await detail.getByText("instance=db-01.example.net").click();
  assert.match(new URL(page.url()).search, /^\?filter=instance%3D/);
  await page.getByRole("button", { name: /Remove the filter/ }).waitFor();
});

scenario("an alert's address opens the alert, and an unknown one says so", async ({ server, open }) => {
  const { alerts } = await server.get("v1/alerts?condition=resolved");
  const { fingerprint } = alerts.find(({ title }) => title.startsWith("What is over"));
  const page = await open(`?open=${fingerprint}`);
  await page.locator("#detail .title", { hasText: "What is over" }).waitFor();
  const lost = await open(`?open=${"0".repeat(32)}`);
  await lost.locator("#detail", { hasText: "There is no alert" }).waitFor();
});

scenario("an alert that another one explains says so, and leads there", async ({ server, open }) => {
  const node = { id: "a94d0f3b-6c21-4e57-8b9a-0d5e7f3c1b28", hostname: "web-01.example.net" };
  await server.fire(
    { message: "Example/web-01 is unreachable", space: notification().space, nodes: [node], severity: "critical", status: "unreachable", reachable: false },
    { ...notification({ id: "explained", summary: "Explained", host: node.hostname }), node },
  );
  const page = await open();
  const explained = row(page, "Explained");
  await explained.filter({ hasText: "inhibited" }).waitFor({ timeout: 15_000 });
  assert.equal(await row(page, "is unreachable").filter({ hasText: "inhibited" }).count(), 0);
  await explained.locator("a").click();
  const detail = page.locator("#detail");
  await detail.getByText("nobody is notified meanwhile").getByRole("link", { name: /unreachable/ }).click();
  await detail.locator(".title", { hasText: "unreachable" }).waitFor();
});

scenario("the page works below a stage, with and without the slash", async ({ server, open }) => {
  const stage = await stageBefore(server.url);
  try {
    for (const path of ["production/", "production"]) {
      const page = await open(path, { base: stage.url });
      await row(page, "Old warning").waitFor();
      await page.getByRole("link", { name: "Quarantine" }).click();
      await page.getByText("authenticated but not understood").waitFor();
      assert.equal(new URL(page.url()).pathname, `/${path}`);
    }
  } finally {
    stage.stop();
  }
});

/** A gateway that serves everything below `/production`. */
async function stageBefore(target) {
  const gateway = createServer((request, response) => {
    const path = request.url.replace(/^\/production\/?/, "");
    if (!request.url.startsWith("/production")) return response.writeHead(403).end();
    const onward = forward(new URL(path, target), { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await new Promise((done) => gateway.listen(0, "127.0.0.1", done));
  const stop = () => {
    gateway.closeAllConnections();
    gateway.close();
  };
  return { url: `http://127.0.0.1:${gateway.address().port}/`, stop };
}
