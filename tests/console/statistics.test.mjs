// What was noisy, and how long it took: the notifier counts, the page shows.

import assert from "node:assert/strict";

import { row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { eventually, setting } from "./setting.mjs";

const HERE = "statistics.example.net";
const HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe";
const of = (id, summary, status, minutesAgo) => notification({ id, host: HERE, summary, status, minutesAgo });
const { scenario } = setting(
  of("flap", "Disk flaps", "Critical", 50),
  of("flap", "Disk flaps", "Clear", 40),
  of("flap", "Disk flaps", "Critical", 30),
  of("calm", "Calm one", "Warning", 20),
  of("hostile", HOSTILE, "Warning", 10),
);

const OFFERED = { needs: ["GET", "v1/statistics"] };

/** The statistics, once the notifier has counted all that was said. */
async function counted(server) {
  const opened = ({ days }) => days.reduce((sum, day) => sum + day.opened, 0);
  return eventually(() => server.get("v1/statistics"), (answer) => opened(answer) >= 4 && answer.weeks.length > 0);
}

scenario("a day's alerts are a picture, and the same as a table", async ({ server, open }) => {
  const { days } = await counted(server);
  const page = await open("?view=statistics");
  const picture = page.getByRole("img", { name: /^Alerts that opened each day/ });
  await picture.waitFor();
  assert.equal(await picture.locator("rect[data-severity=critical]").count(), days.filter((day) => day.by_severity.critical > 0).length);

  await page.locator("#statistics summary").click();
  const table = page.getByRole("table", { name: "Alerts a day" });
  const cells = await table.getByRole("row").nth(1).getByRole("cell").allInnerTexts();
  const today = days.at(-1);
  assert.deepEqual(cells, [today.opened, ...["critical", "high", "warning", "low", "info"].map((name) => today.by_severity[name]), today.acknowledged, today.resolved, today.expired].map(String));
  assert.equal(await table.getByRole("row").count(), days.length + 1);
}, OFFERED);

scenario("what is noisy leads to its alerts, and a hostile name is only a text", async ({ server, open }) => {
  const { noisiest_alerts } = await counted(server);
  const page = await open("?view=statistics");
  const table = page.getByRole("table", { name: "Noisiest alerts" });
  await table.waitFor();
  const first = await table.getByRole("row").nth(1).innerText();
  assert.match(first, /Disk flaps.*netdata\s+2/s);
  assert.equal(noisiest_alerts.length, await table.getByRole("row").count() - 1);
  assert.ok((await table.innerText()).includes("<img src=x onerror=alert(1)>"));
  await page.getByRole("table", { name: "Noisiest resources" }).getByText(HERE).waitFor();

  await table.getByRole("link", { name: /^Disk flaps/ }).click();
  await page.locator("#detail .title", { hasText: "Disk flaps" }).waitFor();
  await page.goBack();
  await table.waitFor();
}, OFFERED);

scenario("medians stand by week and source", async ({ server, open }) => {
  const { weeks } = await counted(server);
  const page = await open("?view=statistics");
  const table = page.getByRole("table", { name: "Median times by week and source" });
  await table.waitFor();
  const line = await table.getByRole("row").nth(1).innerText();
  assert.ok(line.includes(weeks.at(-1).week) && line.includes("netdata"), line);
  assert.match(line, /\b(9|10) min/);
}, OFFERED);

scenario("days and source stand in the address, and a source without alerts says so", async ({ server, open }) => {
  await counted(server);
  const page = await open("?view=statistics&days=7");
  await page.getByRole("table", { name: "Noisiest alerts" }).waitFor();
  assert.equal(await page.locator("#statistics-days").inputValue(), "7");
  await page.locator("#statistics-source").selectOption("kazoo");
  await page.getByText("Nothing happened in this time.").waitFor();
  assert.equal(new URL(page.url()).search, "?view=statistics&source=kazoo&days=7");
  await page.locator("#statistics-days").selectOption("30");
  await eventually(() => new URL(page.url()).search, (search) => search === "?view=statistics&source=kazoo");
}, OFFERED);

scenario("the seventh key opens it, and a telephone shows it without a second scroll bar", async ({ server, open }) => {
  await counted(server);
  const page = await open("");
  await row(page, "Calm one").waitFor();
  await page.keyboard.press("7");
  await page.getByRole("table", { name: "Noisiest alerts" }).waitFor();
  const phone = await open("?view=statistics", { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await phone.getByRole("table", { name: "Noisiest alerts" }).waitFor();
  const widths = await phone.evaluate(() => [document.documentElement.scrollWidth, document.getElementById("list").scrollWidth, innerWidth]);
  assert.ok(widths[0] <= widths[2] && widths[1] <= widths[2], String(widths));
}, OFFERED);
