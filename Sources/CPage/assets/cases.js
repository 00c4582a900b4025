// The cases view: the facts of a case go in; its likely charges, the nearest precedents and what
// they led to come out. The facts stand in the body of a request and nowhere else: not in the
// address, not in the title, not in the history.
import * as api from "./api.js";
import { announce, byId, make } from "./dom.js";
import { counted, figure, percent } from "./format.js";
import { problemState, skeleton } from "./states.js";

/// Characters of a precedent that are shown at first.
const snippetLength = 180;

/// What is known of the library; null until it was asked for.
let library = null;
let running = null;

/// Whether the server has decided cases to look into.
export async function isThere() {
  if (!(await api.offers("/v1/cases/search"))) return false;
  try {
    library = await api.get("/v1/cases");
    return library.cases > 0;
  } catch (problem) {
    if (!(problem instanceof api.Problem)) throw problem;
    return false;
  }
}

export function showCases() {
  document.title = "Cases – reel";
  const view = byId("cases-view");
  if (view.childElementCount > 0) return;
  draw(view);
}

async function draw(view) {
  if (library === null && !(await isThere()) && library === null) {
    view.replaceChildren(problemState(new api.Problem(0, "No answer", "The library of cases cannot be read now."), () => draw(view)));
    return;
  }
  const outcome = make("div", { class: "case-outcome", id: "case-outcome" });
  const facts = make("textarea", {
    id: "case-facts", rows: 7, lang: "zh", spellcheck: "false", required: true,
    "aria-describedby": "case-hint", placeholder: "经审理查明，……",
    onkeydown: (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    },
  });
  const charge = make("select", { id: "case-charge", lang: "zh" },
    make("option", { value: "", lang: "en" }, library.has_classifier ? "the likely ones" : "all"),
    library.charges.map((entry) => make("option", { value: entry.charge }, `${entry.charge} (${entry.cases})`)));
  const form = make("form", {
    class: "card", autocomplete: "off", onsubmit: (event) => {
      event.preventDefault();
      ask(outcome, facts, charge.value, form);
    },
  },
  make("label", { class: "field" }, "Facts of the case", facts),
  make("p", { class: "case-hint", id: "case-hint" }, "In the language of the library. They stay out of the address, the logs and the history."),
  make("div", { class: "case-row" },
    make("label", { class: "field" }, "Among cases of", charge),
    make("button", { type: "submit", class: "primary" }, "Find precedents")));
  view.replaceChildren(
    make("div", { class: "library-head" }, make("h1", {}, "Cases"),
      make("p", { class: "case-count" }, library.cases === 0
        ? "No decided cases yet. In a terminal: reel cases import FILE"
        : `${counted(library.cases, "decided case")} with ${counted(library.charges.length, "charge")}`)),
    form, outcome);
  outcome.replaceChildren(make("p", { class: "case-empty" }, "The likely charges, the nearest precedents and what they led to will stand here."));
  facts.focus();
}

async function ask(outcome, facts, charge, form) {
  const fact = facts.value.trim();
  if (fact === "") {
    facts.focus();
    return;
  }
  running?.abort();
  const mine = running = new AbortController();
  const request = charge === "" ? { fact } : { fact, charges: [charge] };
  const button = form.querySelector("button");
  button.disabled = true;
  outcome.setAttribute("aria-busy", "true");
  outcome.replaceChildren(skeleton(3));
  try {
    const found = await api.post("/v1/cases/search", request, mine.signal);
    if (found.hits.length === 0) {
      outcome.replaceChildren(nothing(found));
      announce("No precedent found.");
      return;
    }
    const estimate = make("section", { class: "card case-estimate", "aria-label": "Estimate", "aria-busy": "true" },
      make("h2", {}, "What such cases led to"), make("p", {}, "Being put together…"));
    outcome.replaceChildren(...[charges(found), estimate, precedents(found)].filter(Boolean));
    announce(`${counted(found.hits.length, "precedent")} found.`);
    await predict(estimate, request, mine.signal);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    if (!(problem instanceof api.Problem)) throw problem;
    outcome.replaceChildren(problemState(problem, () => ask(outcome, facts, charge, form)));
    announce(problem.message);
  } finally {
    if (running === mine) {
      button.disabled = false;
      outcome.removeAttribute("aria-busy");
    }
  }
}

/// The estimate alone may fail, as when a language model is away: the precedents stay.
async function predict(card, request, signal) {
  try {
    card.replaceChildren(...estimated(await api.post("/v1/cases/predict", request, signal)));
  } catch (problem) {
    if (problem.name === "AbortError" || !(problem instanceof api.Problem)) throw problem;
    card.replaceChildren(make("h2", {}, "What such cases led to"),
      make("p", { class: "problem-line", role: "alert" }, problem.message));
  } finally {
    card.removeAttribute("aria-busy");
  }
}

function meter(share, hue) {
  const width = `${Math.min(100, Math.max(0, (share ?? 0) * 100))}%`;
  return make("span", { class: `meter hue-${hue}`, "aria-hidden": "true" }, make("i", { "--share": width }));
}

function nothing(found) {
  return make("div", { class: "state is-empty" }, make("h2", {}, "No precedent found"),
    make("p", {}, `Searched ${found.scope}.`),
    make("p", {}, "Choose all charges, or give more of what happened."));
}

// The charges

function charges(found) {
  const searched = new Set(found.searched_charges);
  const notes = (found.notes ?? []).map((note) => make("p", { class: "problem-line" }, note));
  const scope = make("p", {}, `Searched ${found.scope}`, searched.size > 0 ? ": " : ".",
    searched.size > 0 ? make("span", { lang: "zh" }, [...searched].join("；")) : null);
  if (found.charges.length === 0) return make("section", { class: "card", "aria-label": "Likely charges" }, scope, notes);
  return make("section", { class: "card", "aria-label": "Likely charges" }, make("h2", {}, "Likely charges"),
    make("ol", { class: "case-charges" }, found.charges.map((entry) => make("li", { class: searched.has(entry.charge) ? "is-chosen" : "" },
      make("span", { lang: "zh", class: "case-charge" }, entry.charge), meter(entry.probability, "meaning"),
      make("span", { class: "figures" }, percent(entry.probability))))),
    scope, notes);
}

// The estimate

const sentence = (months, life, death) => death ? "死刑" : life ? "无期徒刑" : `有期徒刑 ${months} 个月`;

const range = (pair, unit) => pair[0] === pair[1] ? "" : ` (${pair[0]}–${pair[1]} ${unit})`;

function estimated(prediction) {
  const outcome = prediction.outcome_en;
  const isTerm = !outcome.life_imprisonment && !outcome.death_penalty;
  const rows = [
    ["Charge", outcome.charge],
    ["Sentence", sentence(outcome.imprisonment_months, outcome.life_imprisonment, outcome.death_penalty)
      + (isTerm ? range(prediction.imprisonment_months_range, "个月") : "")],
    ["Fine", `${outcome.fine_yuan} 元${range(prediction.fine_yuan_range, "元")}`],
    ["Accused", outcome.suspect || "–"],
  ];
  return [
    make("h2", {}, "What such cases led to"),
    make("p", { class: "case-warning" }, prediction.note),
    make("dl", { class: "case-figures" }, rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", { lang: "zh" }, value)))),
    prediction.votes.length > 0 ? votes(prediction) : null,
  ].filter(Boolean);
}

function votes(prediction) {
  const shares = Object.entries(prediction.agreement).filter(([, share]) => share < 1)
    .map(([name, share]) => `${name} ${percent(share)}`).join(", ");
  return make("details", { class: "case-votes" },
    make("summary", {}, shares === "" ? "All answers agree" : `Agreement: ${shares}`),
    make("ol", {}, prediction.votes.map((vote) => make("li", {},
      `Temperature ${figure(vote.temperature, 1)}: `,
      vote.fault ? `not usable, ${vote.fault}`
        : vote.dissents.length === 0 ? "agrees"
        : [make("span", {}, "differs in "), make("span", { lang: "zh" },
          vote.dissents.map((key) => `${key} ${vote.outcome[key]}`).join("；"))]))));
}

// The precedents

function precedents(found) {
  return make("section", { "aria-label": "Precedents" }, make("h2", {}, "Nearest precedents"),
    make("ol", { class: "case-hits" }, found.hits.map((hit) => precedent(hit, found.elements))));
}

function precedent(hit, asked) {
  const parts = [["words", hit.keywords, "keywords"], ["meaning", hit.meaning, "meaning"], ["elements", hit.element_likeness, "rerank"]]
    .filter(([, share]) => Number.isFinite(share));
  const letters = [...hit.fact];
  const text = make("p", { lang: "zh", class: "case-fact" }, letters.length > snippetLength ? `${letters.slice(0, snippetLength).join("")}…` : hit.fact);
  const more = letters.length > snippetLength
    ? make("button", {
      type: "button", class: "text-button", "aria-expanded": "false", onclick: (event) => {
        const isOpen = event.currentTarget.getAttribute("aria-expanded") === "true";
        event.currentTarget.setAttribute("aria-expanded", String(!isOpen));
        event.currentTarget.textContent = isOpen ? "Show all" : "Show less";
        text.textContent = isOpen ? `${letters.slice(0, snippetLength).join("")}…` : hit.fact;
      },
    }, "Show all")
    : null;
  return make("li", { class: "card case-hit" },
    make("div", { class: "case-hit-head" },
      make("h3", { lang: "zh" }, hit.charges.join("；")),
      make("span", { lang: "zh" }, sentence(hit.imprisonment_months, hit.life_imprisonment, hit.death_penalty)
        + (hit.fine_yuan > 0 ? `，罚金 ${hit.fine_yuan} 元` : "")),
      make("span", { class: "figures case-score", title: "How near it is, 0 to 1" }, figure(hit.score))),
    make("p", { class: "case-why" }, make("span", { class: "unseen" }, "Why it matched: "),
      parts.map(([name, share, hue]) => make("span", {}, `${name} ${figure(share)} `, meter(share, hue)))),
    text, more, compared(asked, hit.elements));
}

const elementNames = [
  ["Largest amount", (of) => Number.isFinite(of.largest_amount_yuan) ? `${of.largest_amount_yuan.toLocaleString("en")} 元` : null],
  ["Injury", (of) => of.injury], ["Weapon", (of) => of.weapon], ["Role", (of) => of.role],
  ["Circumstances", (of) => of.circumstances.length > 0 ? of.circumstances.join("、") : null],
  ["Year", (of) => of.year ? String(of.year) : null],
];

/// The elements of both, side by side; those that neither has are left out.
function compared(asked, found) {
  const rows = elementNames.map(([name, read]) => [name, read(asked) ?? "–", read(found) ?? "–"])
    .filter(([, one, other]) => one !== "–" || other !== "–");
  if (rows.length === 0) return null;
  return make("table", { class: "case-elements" },
    make("caption", { class: "unseen" }, "Elements of both cases"),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Element"), make("th", { scope: "col" }, "This case"), make("th", { scope: "col" }, "Precedent"))),
    make("tbody", {}, rows.map(([name, one, other]) => make("tr", { class: one === other ? "is-alike" : "" },
      make("th", { scope: "row" }, name), make("td", { lang: "zh" }, one), make("td", { lang: "zh" }, other)))));
}
