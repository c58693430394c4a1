// A real headless Chromium, and a page that reports everything that should not happen in it.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { API_TOKEN } from "./server.mjs";

const PICTURES = fileURLToPath(new URL("../../target/console/", import.meta.url));
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS });
}

/** A page of its own, with what went wrong in it under `page.wrongs`. */
export async function openPage(browser, address, { token = API_TOKEN, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.wrongs = [];
  page.on("pageerror", (error) => page.wrongs.push(`error: ${error.stack}`));
  page.on("console", (message) => isWrong(message) && page.wrongs.push(`console: ${message.text()}`));
  page.on("dialog", (dialog) => page.wrongs.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => globalThis.violations.push(event.violatedDirective));
  });
  await page.goto(address);
  if (token) await signIn(page, token);
  return page;
}

/** Refused requests are part of some scenarios; the browser notes each. */
function isWrong(message) {
  return ["error", "warning"].includes(message.type()) && !message.text().startsWith("Failed to load resource");
}

export async function signIn(page, token) {
  await page.getByLabel("API token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The row of the alert whose title has this text. */
export function row(page, text) {
  return page.locator(".row.alert", { hasText: text });
}

/** What has the focus, as a person would name it. */
export function focused(page) {
  return page.evaluate(() => document.activeElement?.innerText?.trim() || document.activeElement?.getAttribute("aria-label") || document.activeElement?.tagName);
}

/** A picture for people to look at; not kept in the repository. */
export async function picture(page, name) {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}${name}.png` });
}
