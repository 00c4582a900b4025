// Everything from the keyboard, and the list of the keys.
import * as address from "./address.js";
import { byId, icon, make } from "./dom.js";
import * as player from "./player.js";
import { copyLink, moreLike } from "./results.js";

const keys = [
  [["/"], "to the search box"], [["Enter"], "search; play the hit"], [["↓", "↑"], "next, previous hit"],
  [["Space"], "play, pause"], [["←", "→"], "5 seconds back, on"], [["n", "p"], "play the next, previous hit"],
  [["w"], "why it matched"], [["m"], "more like this moment"], [["c"], "copy a link to the moment"],
  [["l"], "library and search"], [["Delete"], "in the library: remove the file"], [["Esc"], "close the player; to the search box"], [["?"], "these keys"],
];

/// Whether single letters act: people who dictate or use a screen reader turn them off.
let lettersAct = true;
try { lettersAct = localStorage.getItem("reel-letters") !== "off"; } catch { /* private browsing */ }

export function startKeyboard() {
  const dialog = byId("keys");
  const letters = make("input", {
    type: "checkbox", onchange: () => {
      lettersAct = letters.checked;
      try { localStorage.setItem("reel-letters", lettersAct ? "on" : "off"); } catch { /* private browsing */ }
    },
  });
  letters.checked = lettersAct;
  dialog.append(
    make("div", { class: "dialog-head" }, make("h2", { id: "keys-title" }, "Keys"),
      make("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close", 20))),
    make("dl", {}, keys.flatMap(([names, does]) => [make("dt", {}, names.map((name) => make("kbd", {}, name))), make("dd", {}, does)])),
    make("label", { class: "check" }, letters, "Single letters act"));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  byId("keys-button").addEventListener("click", () => dialog.showModal());
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    toBox();
  });
  addEventListener("keydown", press);
}

function toBox() {
  if (address.current().view !== "search") address.go({ view: "search" });
  byId("query").focus();
  byId("query").select();
}

const links = () => [...document.querySelectorAll("#search-view:not([hidden]) .hit-open")];

function press(event) {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const at = event.target;
  const inBox = at === byId("query");
  if (event.key === "Escape") return escape(event, inBox);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if ((inBox || !takesText(at)) && !at.closest?.("[role=slider], .beside, select, summary")) return step(event, event.key === "ArrowDown" ? 1 : -1);
    return;
  }
  if (takesText(at)) return;
  const acts = { " ": space, ArrowLeft: () => player.skip(-5), ArrowRight: () => player.skip(5) };
  if (lettersAct) {
    Object.assign(acts, {
      "/": toBox, "?": () => byId("keys").showModal(), n: () => player.openNeighbour(1), p: () => player.openNeighbour(-1),
      w: () => row()?.querySelector(".why").click(), m: alike, c: link,
      l: () => address.go({ view: address.current().view === "library" ? "search" : "library" }),
    });
  }
  const act = acts[event.key];
  if (!act) return;
  if (["ArrowLeft", "ArrowRight"].includes(event.key) && (!player.media() || at.closest?.("video, audio, [role=slider]"))) return;
  if (event.key === " " && (!player.media() || at.closest?.("button, summary, video, audio, input, select"))) return;
  event.preventDefault();
  act();
}

const takesText = (at) => at.closest?.("input:not([type=checkbox]), textarea, select") !== null && at.closest !== undefined;

const space = () => player.playOrPause();

/// The hit that has the focus.
const row = () => document.activeElement?.closest(".hit") ?? null;

function focused() {
  const link = row()?.querySelector(".hit-open");
  if (!link) return null;
  const place = address.read(new URL(link.href).hash);
  return { asset: place.asset, start: place.start, end: place.end };
}

function alike() {
  const moment = player.isOpen() ? player.here() : focused();
  if (moment?.asset) moreLike(moment.asset, moment.start);
}

function link() {
  const moment = focused() ?? (player.isOpen() ? player.here() : null);
  if (moment?.asset) copyLink(moment);
}

function step(event, by) {
  const all = links();
  if (all.length === 0) return;
  const index = all.indexOf(row()?.querySelector(".hit-open"));
  if (index < 0 && by < 0) return;
  event.preventDefault();
  if (index === 0 && by < 0) return byId("query").focus();
  const next = all[Math.min(all.length - 1, index + by)];
  next.focus({ preventScroll: true });
  next.closest(".hit").scrollIntoView({ block: "nearest" });
}

function escape(event, inBox) {
  if (player.isOpen()) {
    event.preventDefault();
    address.closeAsset();
  } else if (!inBox) {
    event.preventDefault();
    toBox();
  }
}
