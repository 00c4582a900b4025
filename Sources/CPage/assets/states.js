// What stands where results would: waiting, nothing, errors. Each says what to do next.
import * as address from "./address.js";
import { icon, make, mark } from "./dom.js";

function state(kind, title, ...rest) {
  return make("div", { class: `state ${kind}` }, mark(), make("h2", {}, title), ...rest);
}

/// Rows that are about to be there.
export function skeleton(rows = 4) {
  const list = make("div", { class: "results", "aria-hidden": "true" });
  for (let row = 0; row < rows; row++) {
    list.append(make("div", { class: "hit skeleton" },
      make("span", { class: "thumb" }),
      make("div", { class: "hit-body" }, make("b"), make("b"), make("b"))));
  }
  return list;
}

/// The server's own sentence, what it names in the request, and a way to try again.
export function failed(problem, retry) {
  const title = problem.status === 0 ? "No answer"
    : problem.status === 429 ? "Too much at once"
    : problem.status >= 500 ? "That did not work" : "This search cannot be made";
  return state("is-error", title,
    make("p", {}, problem.message),
    problem.errors?.length > 0
      ? make("ul", {}, problem.errors.map((error) => make("li", {}, error.detail)))
      : null,
    make("div", { class: "actions" },
      make("button", { type: "button", class: "primary", onclick: retry }, "Try again")));
}

/// 503: the server is opening its library, or is asked too much. Comes back by itself.
export function notReady(problem, retry) {
  let wait = Math.min(60, problem.retryAfter ?? 3);
  const line = make("p", { class: "figures" });
  const element = state("is-waiting", "Not ready yet",
    make("p", {}, problem.message), line,
    make("div", { class: "actions" },
      make("button", { type: "button", class: "secondary", onclick: () => again() }, "Try now")));
  const tell = () => { line.textContent = `Trying again in ${wait} s.`; };
  const timer = setInterval(() => {
    // Replaced by something else: nobody waits any more.
    if (!element.isConnected) return clearInterval(timer);
    wait -= 1;
    if (wait <= 0) again();
    else tell();
  }, 1000);
  function again() {
    clearInterval(timer);
    retry();
  }
  tell();
  return element;
}

/// @param {{query: string, filters: number, picture: boolean}} asked
export function nothingFound(asked, clearFilters) {
  const tips = [];
  if (asked.filters > 0) tips.push("Some of it may be left out by the filters.");
  if (/["“]/.test(asked.query)) tips.push("Words in quotes are looked for exactly as they stand: try without.");
  if (/(^|\s)-\w/.test(asked.query)) tips.push("A word with a minus leaves out what has it.");
  if (asked.query.trim().split(/\s+/).length > 4) tips.push("Fewer words find more.");
  tips.push("Describe what is seen: colours, things, places.");
  tips.push("Use words that may have been said.");
  if (!asked.picture) tips.push("Or drop a picture of something like it.");
  return state("is-empty", "Nothing found",
    make("p", {}, asked.query ? `No moment in the library answers “${asked.query}”.` : "No moment in the library is like it."),
    make("ul", {}, tips.map((tip) => make("li", {}, tip))),
    asked.filters > 0
      ? make("div", { class: "actions" },
        make("button", { type: "button", class: "primary", onclick: clearFilters }, "Search without filters"))
      : null);
}

/// A library with nothing in it.
export function emptyLibrary() {
  return state("is-empty", "The library is empty",
    make("p", {}, "Add a folder with videos, recordings or pictures. In a terminal: ", make("code", {}, "reel index FOLDER")),
    make("div", { class: "actions" },
      make("button", { type: "button", class: "primary", onclick: () => address.go({ view: "library" }) }, icon("video"), "Add a folder here")));
}

/// In place of the results: which of the above a problem calls for.
export function problemState(problem, retry) {
  return problem.status === 503 ? notReady(problem, retry) : failed(problem, retry);
}
