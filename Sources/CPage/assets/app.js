// Brings the parts together: the views, and what the address says of each.
import * as address from "./address.js";
import * as cases from "./cases.js";
import { byId, make } from "./dom.js";
import { startKeyboard } from "./keyboard.js";
import * as library from "./library.js";
import * as player from "./player.js";
import { startPictures } from "./pictures.js";
import * as search from "./search.js";

/// The views: `isThere` says whether the server has what a view shows; null for those it always has.
const views = {
  search: { label: "Search", show: search.showSearch, isThere: null },
  library: { label: "Library", show: library.showLibrary, isThere: null },
  cases: { label: "Cases", show: cases.showCases, isThere: cases.isThere },
};

function startTabs() {
  for (const [name, view] of Object.entries(views)) {
    const tab = make("a", { href: name === "search" ? "#" : `#view=${name}`, "data-view": name, hidden: view.isThere !== null }, view.label);
    byId("tabs").append(tab);
    // The search that was there is there again.
    tab.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      address.go({ view: name });
    });
    view.isThere?.().then((isThere) => { tab.hidden = !isThere; });
  }
  document.querySelector(".brand").addEventListener("click", (event) => {
    event.preventDefault();
    address.go(address.read(""));
    byId("query").focus();
  });
}

function show(place, before) {
  const chosen = views[place.view] ? place.view : "search";
  for (const name of Object.keys(views)) {
    byId(`${name}-view`).hidden = name !== chosen;
    const tab = byId("tabs").querySelector(`[data-view="${name}"]`);
    if (name === chosen) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  if (before.view !== place.view) scrollTo({ top: 0 });
  views[chosen].show(place);
  player.showPlayer(place, before);
}

startTabs();
search.startSearch();
startPictures();
player.startPlayer();
startKeyboard();
address.onChange(show);
show(address.current(), { ...address.current(), asset: null });
if (address.current().view === "search" && address.current().asset === null) byId("query").focus();
