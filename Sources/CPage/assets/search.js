// The search view: the box, one search at a time, and what it brings as it arrives.
import * as address from "./address.js";
import * as api from "./api.js";
import * as filters from "./filters.js";
import * as states from "./states.js";
import { announce, byId, icon, make, ownAddress } from "./dom.js";
import { clock, counted, fileName, milliseconds } from "./format.js";
import { picture, showPicture } from "./pictures.js";
import { resultList } from "./results.js";
import { exportMenu } from "./exports.js";
import { showAnswer } from "./answer.js";
import { showStart } from "./start.js";

const stages = ["keywords", "fused", "reranked"];
const stageWords = { keywords: "words found, looking at pictures and meaning", fused: "reading the best again", reranked: "", whole: "" };

const results = resultList();
let showFilters = () => {};
let running = null; // AbortController of the search under way
let shownKey = null; // of the search that is shown, or under way

export const hits = results.hits;
export const markOpen = results.markOpen;

export function startSearch() {
  const form = byId("search-form");
  const box = byId("query");
  showFilters = filters.startFilters(byId("filters"));
  let pause = 0;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    submit(box.value);
  });
  box.addEventListener("input", (event) => {
    clearTimeout(pause);
    // Letters that are still being put together, as in Chinese or Japanese, are no query yet.
    if (event.isComposing) return;
    pause = setTimeout(() => {
      const place = address.current();
      const started = address.isSearch(place);
      if (box.value.trim() !== place.query.trim()) address.go({ query: box.value.trim(), top: address.fewest }, { replace: started });
    }, 320);
  });
}

function submit(words) {
  const place = address.current();
  if (words.trim() === place.query.trim()) {
    // Asked again on purpose.
    if (address.isSearch(place)) run(place);
    return;
  }
  address.go({ query: words.trim(), top: address.fewest });
}

/// Shows the search of this place; runs it when it is another one than is shown.
export function showSearch(place) {
  const view = byId("search-view");
  const box = byId("query");
  if (document.activeElement !== box || box.value.trim() !== place.query.trim()) box.value = place.query;
  showPicture(place);
  showLike(place);
  showFilters(place);
  const searching = address.isSearch(place);
  box.placeholder = place.picture || place.like ? "and words, if you like" : "a red car by the sea";
  view.classList.toggle("is-start", !searching);
  document.title = searching && place.query ? `${place.query} – reel` : "reel";
  const key = address.searchKey(place);
  if (key === shownKey) return markOpen();
  shownKey = key;
  if (searching) return run(place);
  running?.abort();
  byId("problem-line").hidden = true;
  byId("answer").hidden = true;
  results.show([]);
  showStart(byId("outcome"));
}

/// Searches again: the library has changed.
export const forget = () => { shownKey = null; };

async function run(place) {
  running?.abort();
  const mine = running = new AbortController();
  const outcome = byId("outcome");
  const sought = picture(place.picture);
  const line = byId("problem-line");
  line.hidden = true;
  if (place.picture && !sought && place.query.trim() === "" && !place.like) {
    outcome.replaceChildren(states.failed(
      { status: 1, message: "The picture of this search was not kept when the page was loaded again. Choose it once more." },
      () => byId("picture-file").click()));
    return;
  }
  showAnswer(byId("answer"), place);
  // The old results stay until the new ones are there, unless that takes long.
  const hadResults = results.list.isConnected && results.hits().length > 0;
  results.list.classList.add("is-stale");
  const slow = setTimeout(() => { if (!hadResults) outcome.replaceChildren(states.skeleton()); }, 120);
  const again = () => run(place);
  let last = null;
  try {
    await api.postForEvents("/v1/search",
      { request: address.searchRequest(place), picture: sought?.blob, signal: mine.signal },
      (stage, answer) => {
        if (stage === "done") return;
        // No words were found: that is for the pictures and the meaning to say.
        if (last === null && answer.hits.length === 0 && stage === "keywords") return;
        clearTimeout(slow);
        last = answer;
        showHits(place, answer, stage);
      });
    clearTimeout(slow);
    if (mine.signal.aborted) return;
    settle(place, last);
  } catch (problem) {
    clearTimeout(slow);
    if (problem.name === "AbortError" || mine.signal.aborted) return;
    if (!(problem instanceof api.Problem)) throw problem;
    // Half a query while somebody types: the old results stay, and one line says what is missing.
    const typing = document.activeElement === byId("query") && [400, 422].includes(problem.status);
    results.list.classList.remove("is-stale");
    announce(problem.message);
    if (typing && results.list.isConnected) {
      line.textContent = problem.message;
      line.hidden = false;
    } else {
      const isEmpty = problem.status === 503 && await libraryIsEmpty();
      if (mine.signal.aborted) return;
      if (isEmpty) byId("answer").hidden = true;
      outcome.replaceChildren(isEmpty ? states.emptyLibrary() : states.problemState(problem, again));
    }
  }
}

/// A library that is not there yet is listed like one with nothing in it.
async function libraryIsEmpty() {
  try {
    return (await api.get("/v1/assets?limit=1")).assets.length === 0;
  } catch (problem) {
    if (!(problem instanceof api.Problem)) throw problem;
    return false;
  }
}

function showHits(place, answer, stage) {
  results.list.classList.remove("is-stale");
  const head = make("div", { class: "results-head" },
    make("span", { class: "stage-note" }, stageDots(stage),
      make("span", { class: "figures" }, summary(answer), stageWords[stage] ? ` – ${stageWords[stage]}` : "")),
    exportMenu(place));
  const parts = [head, notes(answer), results.list].filter(Boolean);
  const outcome = byId("outcome");
  if (results.list.parentElement === outcome) {
    while (outcome.firstChild !== results.list) outcome.firstChild.remove();
    while (results.list.nextSibling) results.list.nextSibling.remove();
    parts.slice(0, -1).forEach((part) => outcome.insertBefore(part, results.list));
  } else {
    outcome.replaceChildren(...parts);
  }
  results.show(answer.hits);
  if (stage === "done" && answer.hits.length >= place.top && place.top < address.most) outcome.append(moreRow(place));
}

function moreRow(place) {
  return make("div", { class: "more" }, make("button", {
    type: "button", class: "secondary",
    onclick: () => address.go({ top: Math.min(address.most, place.top * 3) }, { replace: true }),
  }, "Show more moments"));
}

function stageDots(stage) {
  if (stage === "whole" || stage === "done") return null;
  const reached = stages.indexOf(stage) + 1;
  return make("span", { class: "stage-dots", "aria-hidden": "true" },
    stages.map((_, index) => make("i", { class: index < reached ? "is-done" : index === reached ? "is-now" : null })));
}

function summary(answer) {
  const total = answer.milliseconds?.total;
  const files = new Set(answer.hits.map((hit) => hit.asset.id)).size;
  return `${counted(answer.hits.length, "moment")} in ${counted(files, "file")}`
    + (Number.isFinite(total) ? `, ${milliseconds(total)}` : "");
}

/// What the search has to say about itself: parts of the library that could not be asked.
function notes(answer) {
  const said = [...(answer.notes ?? [])];
  if (answer.partial && (answer.missing ?? []).length > 0) said.push(`Not asked: ${answer.missing.join(", ")}.`);
  return said.length > 0 ? make("div", { class: "notes" }, said.map((note) => make("p", {}, note))) : null;
}

function settle(place, answer) {
  results.list.classList.remove("is-stale");
  if (answer === null || answer.hits.length === 0) {
    results.show([]);
    byId("outcome").replaceChildren(...[answer && notes(answer),
      states.nothingFound({ query: place.query.trim(), filters: filters.count(place), picture: place.picture !== null }, filters.clear)].filter(Boolean));
    announce("Nothing found.");
    return;
  }
  showHits(place, answer, "done");
  const [best] = answer.hits;
  announce(`${summary(answer)}. Best: ${fileName(best.asset.path)} at ${clock(best.moment.start_seconds)}.`);
}

/// The moment that others shall be like.
function showLike(place) {
  const chip = byId("like");
  chip.hidden = place.like === null;
  if (place.like === null) return chip.replaceChildren();
  const { asset: id, seconds } = place.like;
  if (chip.dataset.like === `${id}@${seconds}` && chip.childElementCount > 0) return;
  chip.dataset.like = `${id}@${seconds}`;
  const name = make("span", {}, `Like the moment at ${clock(seconds)}`);
  chip.replaceChildren(name, make("button", {
    type: "button", class: "icon-button", "aria-label": "Stop looking for what is like this moment",
    onclick: () => { address.go({ like: null }); byId("query").focus(); },
  }, icon("close", 15)));
  api.asset(id).then((known) => {
    if (chip.dataset.like !== `${id}@${seconds}`) return;
    name.textContent = `Like ${fileName(known.asset.path)} at ${clock(seconds)}`;
    const frame = known.frames.findLast((each) => each.start_seconds <= seconds + 0.01) ?? known.frames[0];
    const source = ownAddress(frame?.thumbnail);
    if (source) chip.prepend(make("img", { src: source, alt: "" }));
  }, () => {});
}
