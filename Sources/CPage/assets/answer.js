// An answer in sentences, each with the moments it rests on. Only where the server offers it.
import * as address from "./address.js";
import * as api from "./api.js";
import { make, toast } from "./dom.js";
import { fileName, span } from "./format.js";

let running = null;

/// Offers to answer the words of this search.
export async function showAnswer(root, place) {
  running?.abort();
  root.hidden = true;
  root.replaceChildren();
  const question = place.query.trim();
  if (question === "" || !(await api.offers("/v1/answer"))) return;
  if (address.current().query.trim() !== question) return;
  const note = make("span", {}, "An answer in sentences, from what was found, with its sources.");
  const button = make("button", { type: "button", class: "secondary", onclick: () => ask(root, note, button, place) }, "Ask the library");
  root.replaceChildren(make("div", { class: "answer-head" }, note, button));
  root.hidden = false;
}

async function ask(root, note, button, place) {
  const mine = running = new AbortController();
  const { query: question, top: _, ...filters } = address.searchRequest(place);
  const body = make("div", { "aria-live": "polite" });
  root.querySelector(".answer-body")?.remove();
  body.className = "answer-body";
  root.append(body);
  button.disabled = true;
  note.textContent = "Looking for evidence…";
  const telling = { evidence: "Reading the evidence…", draft: "Checking each sentence against the evidence…" };
  try {
    await api.postForEvents("/v1/answer", { request: { question, ...filters }, signal: mine.signal }, (stage, document) => {
      if (telling[stage]) note.textContent = telling[stage];
      if (document.question !== undefined) body.replaceChildren(...drawn(document, stage));
      if (stage === "done" || stage === "whole") note.textContent = "From the library alone. Check the sources.";
    });
  } catch (problem) {
    if (problem.name === "AbortError") return;
    if (!(problem instanceof api.Problem)) throw problem;
    note.textContent = problem.message;
    toast(problem.message);
  } finally {
    button.disabled = false;
  }
}

function drawn(document, stage) {
  const evidence = document.evidence ?? [];
  const sources = make("ol", { class: "answer-sources" }, evidence.map((source) => make("li", {}, openSource(source))));
  if (document.found === false && stage !== "evidence") {
    return [make("p", { class: "answer-text" }, "The library does not say."), sources];
  }
  const sentences = document.answer?.sentences ?? [];
  if (sentences.length === 0) return [sources];
  const text = make("p", { class: "answer-text" }, sentences.flatMap((sentence) => [
    make("span", sentence.supported === false
      ? { class: "is-doubtful", title: "The evidence does not bear this out." } : {}, sentence.text),
    sentence.supported === false ? make("span", { class: "unseen" }, " (not borne out by the evidence)") : null,
    ...(sentence.citations ?? []).map((id) => citation(id, evidence.find((source) => source.id === id))), " "]));
  return [text, sources];
}

function openMoment(source) {
  address.go(
    { asset: source.asset.id, start: source.moment.start_seconds, end: source.moment.end_seconds },
    { replace: address.current().asset !== null });
}

function citation(id, source) {
  if (!source) return null;
  const title = `${fileName(source.asset.path)}, ${span(source.moment.start_seconds, source.moment.end_seconds)}`;
  return make("button", { type: "button", class: "cite", title, "aria-label": `Source ${id}: ${title}`, onclick: () => openMoment(source) }, String(id));
}

function openSource(source) {
  return make("button", { type: "button", onclick: () => openMoment(source) },
    make("span", { class: "cite", "aria-hidden": "true" }, String(source.id)),
    make("span", {}, `${fileName(source.asset.path)}, ${span(source.moment.start_seconds, source.moment.end_seconds)}`),
    source.text ? make("q", {}, source.text) : null);
}
