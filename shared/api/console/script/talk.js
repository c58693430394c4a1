// What the page says to people, and what it asks them.

const SAID_MS = 6000;
const COMPLAINED_MS = 12_000;
let silent;

/** Says what happened, in a line that goes away. */
function say(text) {
  showLine(text, "", SAID_MS);
}

/** Says why something did not happen. */
function complain(error) {
  if (!(error instanceof Refusal)) console.error(error);
  const text = error.status === 0 ? "Not done: the server cannot be reached." : `Not done: ${error.message}`;
  showLine(text, "complaint", COMPLAINED_MS);
}

function showLine(text, tone, forMs) {
  const node = at("said");
  // A modal dialog makes everything outside it inert, so that its own line is the one that is read.
  const place = document.querySelector("dialog[open]") ?? document.body;
  if (node.parentElement !== place) place.append(node);
  node.dataset.tone = tone;
  setText(node, text);
  clearTimeout(silent);
  silent = setTimeout(() => setText(node, ""), forMs);
}

/** Answers the question that is open; a second answer changes nothing. */
let answerQuestion = () => {};

/** Asks before something happens; resolves to the note (perhaps blank), or to null for no. */
function ask({ title, text, yes, field }) {
  answerQuestion(null);
  const dialog = at("question");
  const note = at("question-form").elements.note;
  setText(at("question-title"), title);
  setText(at("question-text"), text);
  setText(at("question-yes"), yes);
  at("question-field").hidden = !field;
  note.value = "";
  dialog.showModal();
  (field ? note : at("question-yes")).focus();
  return new Promise((answer) => {
    answerQuestion = answer;
  });
}

function prepareDialogs() {
  at("question-form").addEventListener("submit", (event) => {
    event.preventDefault();
    answerQuestion(at("question-form").elements.note.value.trim());
    at("question").close();
  });
  // The event comes in a task of its own: by then the next question may be open, and this is no answer to it.
  at("question").addEventListener("close", () => {
    if (!at("question").open) answerQuestion(null);
  });
  at("question-form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) at("question-form").requestSubmit();
  });
  for (const close of document.querySelectorAll("[data-close]")) {
    close.addEventListener("click", () => close.closest("dialog").close());
  }
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("close", () => document.body.append(at("said")));
  }
}
