// The library view: what is there, what is being added, and what could not be.
import * as address from "./address.js";
import * as api from "./api.js";
import * as search from "./search.js";
import { byId, make } from "./dom.js";
import { assetCard } from "./cards.js";
import { counted, kinds, playingTime } from "./format.js";
import { ingestCard } from "./ingest.js";
import { askToRemove } from "./removal.js";
import { problemState } from "./states.js";

const pageSize = 48;
let shown = false;

export function showLibrary(place) {
  document.title = "Library – reel";
  if (!shown) {
    shown = true;
    draw();
  }
  markOpen(place);
}

function markOpen(place) {
  for (const card of byId("library-view").querySelectorAll("[data-asset]")) {
    card.classList.toggle("is-open", card.dataset.asset === place.asset);
  }
}

async function draw() {
  const view = byId("library-view");
  try {
    const library = await api.get("/v1/library");
    const top = make("div", { class: "library-head" }, make("h1", {}, "Library"), counts(library));
    // Something was added or taken out: the figures, and what a search would find.
    const changed = async () => {
      api.forgetAssets();
      search.forget();
      const fresh = await api.get("/v1/library");
      top.replaceChild(counts(fresh), top.lastChild);
    };
    const list = assetList(library, changed);
    const adding = ingestCard(library, () => {
      list.reload();
      return changed();
    });
    view.replaceChildren(top, adding, list.problems, list.element);
  } catch (problem) {
    if (!(problem instanceof api.Problem)) throw problem;
    shown = false;
    view.replaceChildren(problemState(problem, draw));
  }
}

function counts(library) {
  const entries = Object.keys(kinds).map((kind) => [kind, library.assets?.[kind] ?? 0]).filter(([, count]) => count > 0)
    .map(([kind, count]) => [count === 1 ? kinds[kind].one : kinds[kind].many, count.toLocaleString("en")]);
  entries.push(["key frames", (library.key_frames ?? 0).toLocaleString("en")], ["passages", (library.passages ?? 0).toLocaleString("en")]);
  if (library.media_seconds > 0) entries.push(["to watch and hear", playingTime(library.media_seconds)]);
  return make("dl", { class: "counts" }, entries.map(([name, figure]) => make("div", {}, make("dt", {}, name), make("dd", {}, figure))));
}

/// @param changed called when a file was taken out
function assetList(library, changed) {
  const grid = make("div", { class: "assets" });
  const problems = make("section", { class: "card", "aria-label": "Problems", hidden: true });
  const removed = make("details", { class: "fold is-quiet", hidden: true });
  const more = make("button", { type: "button", class: "secondary", onclick: () => load() }, "Show more");
  const moreRow = make("div", { class: "more", hidden: true }, more);
  const path = make("input", { type: "search", placeholder: "*/talks/*", "aria-label": "Only files whose path matches", spellcheck: "false", onchange: () => reload() });
  const boxes = Object.keys(kinds).filter((kind) => library.assets?.[kind] > 0).map((kind) => {
    const box = make("input", { type: "checkbox", class: "unseen", value: kind, onchange: () => onlyOne(kind) });
    return { box, element: make("label", { class: "pill" }, box, kinds[kind].label) };
  });
  const head = make("div", { class: "assets-head" }, make("h2", {}, "Files"),
    boxes.length > 1 ? boxes.map(({ element }) => element) : null, path);
  /// The server lists all kinds, or one.
  function onlyOne(kind) {
    for (const { box } of boxes) if (box.value !== kind) box.checked = false;
    reload();
  }

  let cursor = null;
  let loading = 0; // number of the latest request; an older one's answer is dropped

  const isNarrowed = () => path.value.trim() !== "" || boxes.some(({ box }) => box.checked);

  async function load(fresh = false) {
    const mine = ++loading;
    const items = new URLSearchParams({ limit: String(pageSize) });
    if (!fresh && cursor) items.set("cursor", cursor);
    boxes.filter(({ box }) => box.checked).forEach(({ box }) => items.append("kind", box.value));
    if (path.value.trim()) items.set("path", path.value.trim());
    more.disabled = true;
    try {
      const page = await api.get(`/v1/assets?${items}`);
      if (mine !== loading) return;
      if (fresh) {
        grid.replaceChildren();
        drawProblems(problems, page.problems ?? []);
        drawRemoved(removed, page.removed ?? []);
      }
      grid.append(...page.assets.map((asset) => assetCard(asset, remove)));
      cursor = page.next_cursor ?? null;
      moreRow.hidden = cursor === null;
      if (grid.childElementCount === 0) grid.append(make("p", {}, isNarrowed() ? "No file here is like that." : "No files yet."));
      markOpen(address.current());
    } catch (problem) {
      if (!(problem instanceof api.Problem)) throw problem;
      if (mine !== loading) return;
      // A page of a library that has changed since: begin again.
      if (!fresh && problem.status === 400) return load(true);
      grid.replaceChildren(problemState(problem, () => load(true)));
      moreRow.hidden = true;
    } finally {
      more.disabled = false;
    }
  }

  function remove(asset, card) {
    askToRemove(asset, () => {
      // The focus goes on to the file that takes its place.
      const next = card.nextElementSibling ?? card.previousElementSibling;
      card.remove();
      (next?.querySelector(".asset") ?? path).focus();
      if (address.current().asset === asset.id) address.closeAsset();
      load(true);
      changed();
    });
  }

  const reload = () => load(true);
  new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting) && cursor !== null && !more.disabled) load();
  }, { rootMargin: "400px" }).observe(moreRow);
  reload();
  return { element: make("section", { "aria-label": "Files" }, head, grid, moreRow, removed), problems, reload };
}

function drawProblems(card, problems) {
  card.hidden = problems.length === 0;
  card.replaceChildren(make("h2", {}, counted(problems.length, "file could not be read", "files could not be read")),
    make("ul", { class: "problems" }, problems.slice(0, 200).map(({ path, problem }) =>
      make("li", {}, path, make("span", {}, problem)))),
    problems.length > 200 ? make("p", {}, `And ${problems.length - 200} more: reel ls shows them all.`) : "");
}

function drawRemoved(fold, removed) {
  fold.hidden = removed.length === 0;
  fold.replaceChildren(
    make("summary", {}, counted(removed.length, "file was removed", "files were removed"), " from the library and left out since"),
    make("ul", { class: "problems" }, removed.slice(0, 200).map(({ path }) => make("li", {}, path))),
    make("p", {}, "To take one in again: ", make("code", {}, "reel index PATH")));
}
