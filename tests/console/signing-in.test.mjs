// People sign in by an issuer, or have their device keep a token.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, openPage, row } from "./browser.mjs";
import { issuer } from "./issuer.mjs";
import { notification } from "./notifications.mjs";
import { API_TOKEN, startWithIssuer } from "./server.mjs";

const here = {};

before(async () => {
  here.issuer = await issuer();
  here.server = await startWithIssuer(here.issuer.url);
  await here.server?.fire(notification({ id: "disk", summary: "Disk full" }));
  here.browser = await launch();
});
after(async () => {
  await here.browser?.close();
  here.server?.stop();
  here.issuer?.stop();
});

function scenario(name, act) {
  test(name, { timeout: 60_000 }, async (context) => {
    if (!here.server) return context.skip("another server is under test");
    Object.assign(here.issuer, { groups: ["ops"], knows: true });
    const pages = [];
    const open = async (options = {}) => {
      pages.push(await openPage(here.browser, here.server.url, { token: null, ...options }));
      return pages.at(-1);
    };
    try {
      await act(open);
      for (const page of pages) {
        assert.deepEqual(page.wrongs, []);
        assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
      }
    } finally {
      for (const page of pages) await page.context().close();
    }
  });
}

async function signIn(page) {
  await page.getByRole("button", { name: "Sign in with corp" }).click();
  await row(page, "Disk full").waitFor();
}

scenario("somebody signs in, acts in their own name, and signs out", async (open) => {
  const page = await open();
  await signIn(page);
  await page.getByText("Ana", { exact: true }).waitFor();
  const kept = await page.evaluate(() => [sessionStorage.length, Object.keys(localStorage).join(), document.cookie]);
  assert.deepEqual(kept, [0, "campanile-signed-in", ""], "no credential that a script could read");
  await row(page, "Disk full").locator("a").first().click();
  await page.getByRole("button", { name: "Acknowledge", exact: true }).click();
  await page.getByText("Acknowledged by Ana").waitFor();
  await page.reload();
  await row(page, "Disk full").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in with corp" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Sign in with corp" }).waitFor();
});

scenario("who may read only sees no button that changes something", async (open) => {
  here.issuer.groups = ["staff"];
  const page = await open();
  await signIn(page);
  await page.getByText("Ana, reading only").waitFor();
  await row(page, "Disk full").locator("a").first().click();
  await page.locator("#detail h2").first().waitFor();
  assert.equal(await page.locator("[data-acts]").filter({ visible: true }).count(), 0);
});

scenario("a session that is over is renewed where the issuer still knows the person, else there is the button", async (open) => {
  const page = await open();
  await signIn(page);
  await page.context().clearCookies();
  // It asks again within seconds, is refused, goes to the issuer and is back in the same view.
  await page.waitForResponse((response) => response.url().includes("/v1/login/callback"), { timeout: 20_000 });
  await row(page, "Disk full").waitFor();
  await page.evaluate(() => sessionStorage.clear());
  here.issuer.knows = false;
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Sign in with corp" }).waitFor({ timeout: 20_000 });
});

scenario("a token stays on the device only where that is asked for, and signing out forgets it", async (open) => {
  const page = await open();
  const again = async () => {
    const other = await page.context().newPage();
    await other.goto(here.server.url);
    return other;
  };
  await page.getByLabel("API token").fill(API_TOKEN);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await row(page, "Disk full").waitFor();
  await (await again()).getByLabel("API token").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("API token").fill(API_TOKEN);
  await page.getByLabel("Keep it on this device").check();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await row(page, "Disk full").waitFor();
  const other = await again();
  await row(other, "Disk full").waitFor();
  await other.getByRole("button", { name: "Sign out" }).click();
  assert.equal(await page.evaluate(() => localStorage.getItem("campanile-token")), null);
});
