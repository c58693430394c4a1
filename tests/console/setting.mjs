// What every file of scenarios has: one server with nothing in it, one browser, and pages that nothing goes wrong in.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, openPage } from "./browser.mjs";
import { startServer } from "./server.mjs";

/** The server, in which `notifications` fire one after the other, and the browser of this file of scenarios. */
export function setting(...notifications) {
  return settingOver(startServer, ...notifications);
}

/** The same over the server that `start` starts. */
export function settingOver(start, ...notifications) {
  const here = {};
  before(async () => {
    here.server = await start();
    for (const one of notifications) await here.server.fire(one);
    here.browser = await launch();
  });
  after(async () => {
    await here.browser?.close();
    here.server?.stop();
  });
  here.scenario = (name, act, { needs } = {}) => test(name, { timeout: 60_000 }, (context) => run(here, context, act, needs));
  return here;
}

async function run(here, context, act, needs) {
  if (needs && !(await here.server.offers(...needs))) return context.skip(`the server does not offer ${needs.join(" ")}`);
  const pages = [];
  const open = async (path = "", options = {}) => {
    const page = await openPage(here.browser, new URL(path, options.base ?? here.server.url).href, options);
    pages.push(page);
    return page;
  };
  try {
    await act({ server: here.server, open, diagnose: (text) => context.diagnostic(text), skip: (why) => context.skip(why) });
    for (const page of pages) await nothingWentWrong(page);
  } finally {
    for (const page of pages) await page.context().close();
  }
}

async function nothingWentWrong(page) {
  assert.deepEqual(page.wrongs, []);
  assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
}

/** Waits until `check` holds; says what was there instead. */
export async function eventually(read, check, withinMs = 12_000) {
  const end = Date.now() + withinMs;
  let seen = await read();
  while (!check(seen)) {
    if (Date.now() > end) assert.fail(`still ${JSON.stringify(seen)}`);
    await new Promise((done) => setTimeout(done, 50));
    seen = await read();
  }
  return seen;
}
