// Signing in and out, and what this browser is asked to remember: the theme and whether single keys act. Never the token.

const THEME = "campanile-theme";
const SINGLE_KEYS = "campanile-single-keys";
const THEMES = ["auto", "dark", "light"];

/** Shows the sign-in form, and forgets token and alerts. */
function signOut(reason = "") {
  sessionStorage.removeItem(TOKEN);
  stopRefreshing();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  forgetAll();
  at("console").hidden = true;
  at("sign-in").hidden = false;
  setText(at("sign-in-reason"), reason);
  at("token").value = "";
  at("token").focus();
  document.title = "Campanile";
}

/** Shows the console, for the token of this tab. */
function enter() {
  at("sign-in").hidden = true;
  at("console").hidden = false;
  arrive();
}

function prepareSession() {
  at("sign-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    signIn(at("token").value.trim());
  });
  at("sign-out").addEventListener("click", () => signOut());
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
