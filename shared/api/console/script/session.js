// Signing in and out, and what this browser is asked to remember: the theme, whether single keys act, and the token only
// where somebody says so.

const THEME = "campanile-theme";
const SINGLE_KEYS = "campanile-single-keys";
const THEMES = ["auto", "dark", "light"];
/** Whether somebody has signed in with this browser and not signed out. */
const SIGNED_IN = "campanile-signed-in";
/** When the issuer was last asked without asking the person: once is enough for a while. */
const ASKED_SILENTLY = "campanile-asked-silently";
const SILENCE_MS = 60_000;

/** Who looks at this, as far as the server says. */
const who = { name: null, principal: null, role: null, isPerson: false, issuers: [] };

/** Whether the server knows who asks: by a token, or by the cookie of somebody who signed in. */
function isKnown() {
  return token() !== null || who.isPerson;
}

/** Whether buttons that change something are of use. */
function mayAct() {
  return who.role !== "read";
}

/** Asks the server who we are and how people can sign in; an older server does not say. */
async function askWho() {
  const said = await ifOffered(get("v1/session"));
  const { name = null, principal = null, role = null, is_signed_in: isPerson = false, sign_in: issuers = [] } = said ?? {};
  Object.assign(who, { name, principal, role, isPerson, issuers });
  if (isPerson) remember(SIGNED_IN, "yes");
  showWho();
}

function showWho() {
  document.documentElement.dataset.role = who.role ?? "";
  setText(at("who"), who.name ? `${who.name}${who.role === "read" ? ", reading only" : ""}` : "");
  at("issuers").hidden = who.issuers.length === 0;
  at("issuers").replaceChildren(...who.issuers.map(issuerButton));
}

function issuerButton(name) {
  return button(`Sign in with ${name}`, () => leaveFor(name), { class: "primary" });
}

/** Goes to the issuer called `name`, to come back to where we are. */
function leaveFor(name, silently = false) {
  const query = new URLSearchParams({ with: name, back: location.search });
  if (silently) query.set("silent", "true");
  location.assign(`${base()}v1/login?${query}`);
}

/** The server does not know us any more: whoever signed in is sent to the issuer, which may still know them; others are asked. */
function notKnown() {
  const issuer = who.isPerson ? who.principal?.split(":")[0] : undefined;
  const asked = Number(sessionStorage.getItem(ASKED_SILENTLY) ?? 0);
  if (issuer && Date.now() - asked > SILENCE_MS) {
    sessionStorage.setItem(ASKED_SILENTLY, String(Date.now()));
    return leaveFor(issuer, true);
  }
  return signOut(who.isPerson ? "You are not signed in any more." : "The server does not accept this token any more.");
}

/** Shows the sign-in form, and forgets token and alerts. */
function signOut(reason = "") {
  sessionStorage.removeItem(TOKEN);
  forget(TOKEN);
  forget(SIGNED_IN);
  Object.assign(who, { name: null, principal: null, role: null, isPerson: false });
  showWho();
  stopRefreshing();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  forgetAll();
  at("console").hidden = true;
  at("sign-in").hidden = false;
  setText(at("sign-in-reason"), reason);
  at("token").value = "";
  (at("issuers").querySelector("button") ?? at("token")).focus();
  document.title = "Campanile";
}

/** The same, because somebody wants it: the issuer ends its session, too, where it offers that. */
async function leave() {
  if (!who.isPerson) return signOut();
  try {
    const { end_session_url: elsewhere } = await send("DELETE", "v1/session");
    signOut();
    if (elsewhere) location.assign(elsewhere);
  } catch (error) {
    complain(error);
  }
}

/** Shows the console, for whoever is known. */
function enter() {
  at("sign-in").hidden = true;
  at("console").hidden = false;
  arrive();
}

/** Shows the console at once with a token, the form at once to whoever never signed in here, else what the server says. */
async function begin() {
  if (token() !== null) enter();
  else if (remembered(SIGNED_IN) === null) signOut();
  try {
    await askWho();
  } catch (error) {
    if (error.status === 401) return signOut("The server does not accept this token any more.");
    if (token() === null && at("sign-in").hidden) signOut(error.message);
    return;
  }
  if (token() !== null) return;
  if (isKnown()) enter();
  else if (at("sign-in").hidden) signOut();
}

function prepareSession() {
  at("sign-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    signIn(at("token").value.trim());
  });
  at("sign-out").addEventListener("click", leave);
  at("theme").addEventListener("click", nextTheme);
  setTheme(remembered(THEME) ?? "auto");
}

async function signIn(candidate) {
  // A header takes no other characters; the browser's own words about that would help nobody.
  if (!/^[\x21-\x7e]+$/.test(candidate)) return setText(at("sign-in-reason"), "This is no token: it has blanks or letters that no token has.");
  sessionStorage.setItem(TOKEN, candidate);
  at("token").value = "";
  setText(at("sign-in-reason"), "");
  try {
    await get("v1/alerts", { limit: 1, condition: FIRING });
    if (at("keep-token").checked) remember(TOKEN, candidate);
    await askWho();
    enter();
    focusList();
  } catch (error) {
    signOut(error.status === 401 ? "This token is not known here." : error.message);
  }
}

function nextTheme() {
  const theme = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
  setTheme(theme);
  remember(THEME, theme);
  say(`Theme: ${theme === "auto" ? "as the device" : theme}`);
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  at("theme").setAttribute("aria-label", `Theme: ${theme}`);
  setText(at("theme"), { auto: "Auto", dark: "Dark", light: "Light" }[theme]);
}

/** What the browser remembers under `name`; null where it is not allowed to remember. */
function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that may not remember is asked again next time.
  }
}

function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // What it may not remember it has not.
  }
}
