// A request that is understood only after a mend. The bundle cannot be brought into that state, so that this is the one
// scenario that always runs against the stand-in.

import { row } from "./browser.mjs";
import { notification } from "./notifications.mjs";
import { startStandIn } from "./server.mjs";
import { settingOver } from "./setting.mjs";

const { scenario } = settingOver(startStandIn);

scenario("a replay that is understood now leaves the quarantine and fires", async ({ server, open }) => {
  await server.post(notification({ id: "mended", summary: "Understood at last", quarantine_at_first: true }));
  const page = await open("?view=quarantine");
  const line = page.locator(".row.quarantined");
  await line.locator("a").click();
  await page.keyboard.press("p");
  await page.getByText("Replayed: 1 recorded.").waitFor();
  await line.waitFor({ state: "detached" });
  await page.keyboard.press("1");
  await row(page, "Understood at last").waitFor();
});
