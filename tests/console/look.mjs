// Pictures of a night on call, for people to look at: `CONSOLE_SERVER=stand-in node look.mjs`.

import { launch, openPage, picture, row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { startServer } from "./server.mjs";

const server = await startServer();
const browser = await launch();
try {
  await fire(server);
  for (const colorScheme of ["light", "dark"]) {
    const page = await openPage(browser, server.url, { colorScheme });
    await row(page, "Disk space usage on db-01").waitFor();
    if (colorScheme === "light") await act(page);
    await picture(page, `list-${colorScheme}`);
    await row(page, "Disk space usage on db-01").locator("a").press("Enter");
    await page.locator(".history summary").first().waitFor();
    await picture(page, `detail-${colorScheme}`);
    await page.locator(".history summary").first().click();
    await page.locator(".history pre").waitFor();
    await page.locator("#detail").evaluate((detail) => detail.scrollBy(0, 700));
    await picture(page, `raw-${colorScheme}`);
    await page.keyboard.press("s");
    await page.waitForTimeout(200);
    await picture(page, `silence-dialog-${colorScheme}`);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await picture(page, `help-${colorScheme}`);
    await page.keyboard.press("Escape");
    for (const [key, name] of [["2", "silences"], ["3", "quarantine"], ["4", "sources"]]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(400);
      if (name !== "sources") {
        await page.keyboard.press("j");
        await page.keyboard.press("Enter");
        await page.waitForTimeout(400);
      }
      await picture(page, `${name}-${colorScheme}`);
    }
    await page.context().close();
    const phone = await openPage(browser, server.url, { colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await row(phone, "Disk space usage on db-01").waitFor();
    await picture(phone, `phone-${colorScheme}`);
    await row(phone, "Disk space usage on db-01").locator("a").tap();
    await phone.locator(".history summary").first().waitFor();
    await picture(phone, `phone-detail-${colorScheme}`);
    await phone.getByRole("button", { name: "Close" }).tap();
    await phone.getByRole("link", { name: "Sources" }).tap();
    await phone.waitForTimeout(500);
    await picture(phone, `phone-sources-${colorScheme}`);
    await phone.context().close();
  }
  const page = await openPage(browser, server.url, { token: null });
  await picture(page, "sign-in");
  await page.context().close();
} finally {
  await browser.close();
  server.stop();
}

async function fire(server) {
  const hosts = ["db-01", "db-02", "web-01", "web-02", "edge-fra-1", "edge-sin-1", "pbx-01", "cache-03"];
  const summaries = [["Disk space usage", "97%"], ["System swap memory utilization", "100%"], ["Packets dropped on eth0", "1.2k/s"], ["10 minutes load average", "48.2"], ["TCP retransmissions", "7%"]];
  const all = hosts.flatMap((host, h) => summaries.map(([summary, value], s) => ({
    id: `${host}-${s}`, host: `${host}.example.net`, summary, value,
    status: (h * 3 + s) % 5 < 2 ? "Critical" : "Warning", minutesAgo: 3 + ((h * 37 + s * 211) % 997),
  })));
  await server.fire(...all.map(notification));
  await server.fire(notification({ ...all[0], minutesAgo: 1, value: "98%" }));
  await server.post({ unexpected: true, text: "something that nobody foresaw" });
  await server.post({ unexpected: true, nested: { list: [1, 2, 3] } });
}

async function act(page) {
  for (const title of ["swap memory utilization on db-01", "load average on db-02"]) {
    await row(page, title).locator("a").focus();
    await page.keyboard.press("a");
    await row(page, title).filter({ hasText: "✓" }).waitFor({ timeout: 2000 }).catch(() => {});
  }
  await row(page, "Packets dropped on eth0 on edge-fra-1").locator("a").focus();
  await page.keyboard.press("s");
  await page.getByLabel("Why").fill("Maintenance at the exchange, CHG-1042");
  await page.getByRole("button", { name: "Silence", exact: true }).click();
  await page.waitForTimeout(600);
  if (await page.locator("#silence-dialog").isVisible()) await page.keyboard.press("Escape");
  await page.waitForTimeout(6500);
}
