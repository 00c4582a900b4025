// Why a moment was found: a bar for each way of finding it, and behind it what was measured.
import { icon, make } from "./dom.js";
import { channelNames, figure, percent, span } from "./format.js";
import { channels } from "./address.js";

const again = "second reading";

/// What a channel measured, in words.
function measured(name, value) {
  return name === "keywords" ? `the words weigh ${figure(value, 1)}` : `${figure(value, 2)} alike, of 1`;
}

function meter(share, hue) {
  const width = `${Math.min(100, Math.max(0, (share ?? 0) * 100))}%`;
  return make("span", { class: `meter hue-${hue}`, "aria-hidden": "true" }, make("i", { "--share": width }));
}

/// The channels that ran, of an ordinary hit or of the parts of one.
function ran(hit) {
  if (hit.channels) return hit.channels;
  const best = {};
  for (const part of hit.parts ?? []) {
    for (const [name, channel] of Object.entries(part.channels ?? {})) {
      if (!best[name] || channel.score > best[name].score) best[name] = channel;
    }
  }
  return best;
}

function tip(name, channel) {
  return Number.isFinite(channel.raw)
    ? `${channelNames[name]}: fits ${figure(channel.score)} of 1 (${measured(name, channel.raw)})`
    : `${channelNames[name]}: found nothing here`;
}

/// The line that opens the details: confidence, and a bar a channel.
export function why(hit, toggle) {
  const found = ran(hit);
  const parts = channels.filter((name) => found[name]).map((name) =>
    make("span", { class: "why-part", title: tip(name, found[name]) },
      channelNames[name], meter(found[name].score, name)));
  if (hit.reranking) {
    parts.push(make("span", { class: "why-part", title: `read a second time, beside what you asked: fits ${figure(hit.reranking.score)} of 1` },
      again, meter(hit.reranking.score, "rerank")));
  }
  const sure = Number.isFinite(hit.confidence)
    ? make("span", { class: hit.confidence < 0.5 ? "sure is-low" : "sure", title: "How seldom a search for something else finds as much" }, `${percent(hit.confidence)} sure`)
    : null;
  const button = make("button", { type: "button", class: "why", "aria-expanded": "false", onclick: toggle },
    sure, ...parts, make("span", { class: "unseen" }, "Why it matched"), icon("chevron", 15));
  return button;
}

/// All that is known of why.
export function details(hit) {
  const tables = hit.channels
    ? [table("Why it matched", hit.channels, hit.reranking)]
    : (hit.parts ?? []).map((part) => table(
      `${part.query}, ${span(part.moment.start_seconds, part.moment.end_seconds)}`, part.channels ?? {}, null));
  if (!hit.channels && hit.reranking) tables.push(table("All parts", {}, hit.reranking));
  const score = make("p", { class: "figures" },
    `Score ${figure(hit.score, 3)}`,
    Number.isFinite(hit.fused_score) && hit.reranking ? `, before the second reading ${figure(hit.fused_score, 3)}` : "",
    Number.isFinite(hit.confidence) ? `. ${percent(hit.confidence)} sure: of searches for something else, ${percent(1 - hit.confidence)} find as much.` : ".");
  const twins = (hit.duplicates ?? []).length > 0
    ? make("p", {}, "The same moment also in: ", hit.duplicates.map((twin) =>
      `${twin.path} (${span(twin.moment.start_seconds, twin.moment.end_seconds)})`).join(", "))
    : null;
  return make("div", { class: "evidence" }, ...tables, score, twins);
}

function table(caption, found, reranking) {
  const heads = ["", "fits, of 1", "measured", "counts"].map((name) => make("th", { scope: "col" }, name));
  const rows = channels.filter((name) => found[name]).flatMap((name) => channelRows(name, found[name]));
  if (reranking) rows.push(row("rerank", again, reranking.score, `${figure(reranking.raw, 1)} points`, reranking.weight));
  return make("table", {}, make("caption", {}, caption),
    make("thead", {}, make("tr", {}, heads)), make("tbody", {}, rows));
}

function row(hue, label, score, measure, weight) {
  return make("tr", {},
    make("th", { scope: "row" }, make("span", { class: `dot hue-${hue}` }), label),
    make("td", {}, meter(score, hue), figure(score)),
    make("td", {}, measure),
    make("td", {}, Number.isFinite(weight) ? `× ${figure(weight, 1)}` : "–"));
}

function channelRows(name, channel) {
  const measure = Number.isFinite(channel.raw) ? measured(name, channel.raw) : "nothing found";
  const rows = [row(name, channelNames[name], channel.score, measure, channel.weight)];
  const terms = Object.entries(channel.terms ?? {}).sort((one, other) => other[1] - one[1]).slice(0, 12);
  if (terms.length > 0) {
    const words = terms.map(([term, weight]) => make("span", {}, make("mark", {}, term), ` ${figure(weight, 1)}`));
    rows.push(make("tr", {}, make("td"), make("td", { colspan: "3" }, make("span", { class: "words" }, words))));
  }
  return rows;
}
