// The pictures of README and manual, into docs/images; `.ci/pictures` runs it and makes them small.

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { launch, openPage, row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { startServer } from "./server.mjs";

const PICTURES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const VIEWPORT = { width: 1180, height: 560 };

const ALERTS = [
  { id: "disk", host: "db-01", summary: "Disk space usage", value: "97%", status: "Critical", minutesAgo: 4 },
  { id: "swap", host: "db-01", summary: "System swap memory utilization", value: "100%", status: "Critical", minutesAgo: 12 },
  { id: "load", host: "web-02", summary: "10 minutes load average", value: "48.2", status: "Warning", minutesAgo: 9 },
  { id: "tcp", host: "edge-sin-1", summary: "TCP retransmissions", value: "7%", status: "Warning", minutesAgo: 64 },
];
// What the other sources say, of the fixtures.
const SITUATIONS = [["site24x7", "down"], ["kazoo", "low-balance-of-a-named-account"], ["kazoo", "voicemail-full-of-a-named-account"], ["tencent", "metric-firing"]];

const server = await startServer();
const browser = await launch();
try {
  mkdirSync(PICTURES, { recursive: true });
  await server.fire(...ALERTS.map(notification));
  for (const situation of SITUATIONS) send(...situation);
  await server.fire(notification({ ...ALERTS[0], minutesAgo: 1, value: "98%" }));
  await list("light");
  await detail("dark");
} finally {
  await browser.close();
  server.stop();
}

function send(source, situation) {
  const { status, stderr } = spawnSync(process.env.CAMPANILE, ["send", source, situation], { env: { CAMPANILE_URL: server.url }, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

async function list(colorScheme) {
  const page = await openPage(browser, server.url, { colorScheme, viewport: VIEWPORT });
  await row(page, "swap memory").locator("a").focus();
  await page.keyboard.press("a");
  await row(page, "swap memory").filter({ hasText: "✓" }).waitFor();
  // Until nothing is said any more of what was just done.
  await page.waitForTimeout(7000);
  await picture(page, `console-${colorScheme}`);
}

async function detail(colorScheme) {
  const page = await openPage(browser, server.url, { colorScheme, viewport: VIEWPORT });
  await row(page, "Disk space usage").locator("a").press("Enter");
  await page.locator(".history summary").first().waitFor();
  await page.waitForTimeout(500);
  await picture(page, `console-${colorScheme}`);
}

async function picture(page, name) {
  await page.screenshot({ path: `${PICTURES}${name}.png` });
  await page.context().close();
}
