// Adding folders, and how far they are.
import * as api from "./api.js";
import { announce, icon, make, toast } from "./dom.js";
import { clock, counted, figure } from "./format.js";

const isOver = (job) => ["succeeded", "failed", "cancelled"].includes(job.state);
const stateWords = { queued: "waiting", running: "reading", succeeded: "done", failed: "failed", cancelled: "stopped" };

/// @param done called when a job has ended
export function ingestCard(library, done) {
  const jobs = make("div", { class: "jobs" });
  const card = make("section", { class: "card", "aria-label": "Add a folder" }, make("h2", {}, "Add a folder"));
  const roots = library.media_roots ?? [];
  if (roots.length === 0) card.append(...howToAllow());
  else card.append(form(roots, (job) => follow(job, jobs, done)));
  card.append(jobs);
  api.get("/v1/jobs").then((listed) => {
    const all = listed.jobs ?? [];
    // Those under way, and the last that ended.
    const kept = [...all.filter((job) => !isOver(job)), ...all.filter(isOver).slice(-1)];
    kept.forEach((job) => follow(job, jobs, done));
  }, () => {});
  return card;
}

function howToAllow() {
  return [make("p", {}, "This page may not add files yet: reel was started without a folder that it may read from here. Start it with one, or name it in reel.json as “media_roots”:"),
    make("p", {}, make("code", {}, "reel serve --media-root ~/Videos")),
    make("p", {}, "In a terminal, every folder can be added: ", make("code", {}, "reel index FOLDER"))];
}

function form(roots, started) {
  const root = make("select", { "aria-label": "Folder that may be read" }, roots.map((path) => make("option", { value: path }, path)));
  const below = make("input", { type: "text", placeholder: "all of it", spellcheck: "false" });
  const frames = make("select", {}, ["fast", "thorough"].map((name) => make("option", { value: name }, name)));
  const transcribe = make("select", {}, [["auto", "where there are no subtitles"], ["off", "never"]].map(([value, name]) => make("option", { value }, name)));
  const rebuild = make("input", { type: "checkbox" });
  const button = make("button", { type: "submit", class: "primary" }, "Add");
  const problem = make("p", { class: "problem-line", role: "alert", hidden: true });
  const element = make("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      problem.hidden = true;
      button.disabled = true;
      const rest = below.value.trim().replace(/^\/+/, "");
      const path = rest ? `${root.value.replace(/\/$/, "")}/${rest}` : root.value;
      try {
        const job = await api.post("/v1/ingest", { paths: [path], frames: frames.value, transcribe: transcribe.value, rebuild: rebuild.checked });
        announce(`Adding ${path}.`);
        started(job);
      } catch (error) {
        if (!(error instanceof api.Problem)) throw error;
        problem.textContent = [error.message, ...error.errors.map((each) => each.detail)].join(" ");
        problem.hidden = false;
      } finally {
        button.disabled = false;
      }
    },
  },
  make("div", { class: "add-row" }, make("label", { class: "field" }, "Folder", root), make("label", { class: "field" }, "File or folder in it", below), button),
  make("div", { class: "add-options" },
    make("label", {}, "Key frames", frames), make("label", {}, "Write down speech", transcribe),
    make("label", { class: "check" }, rebuild, "Read unchanged files again")),
  problem);
  return element;
}

/// A job as it goes on. Its stream is followed until it ends; when the stream breaks off, the job
/// is asked for how it stands.
async function follow(job, list, done) {
  const row = jobRow();
  list.querySelector(`[data-job="${CSS.escape(job.id)}"]`)?.remove();
  row.element.dataset.job = job.id;
  list.prepend(row.element);
  row.show(job);
  if (isOver(job)) return;
  const address = `/v1/jobs/${encodeURIComponent(job.id)}`;
  row.onCancel(async () => {
    try {
      merge(job, await api.post(`${address}/cancel`));
      row.show(job);
    } catch (problem) {
      if (!(problem instanceof api.Problem)) throw problem;
      toast(problem.message);
    }
  });
  const leaving = new AbortController();
  while (!isOver(job) && row.element.isConnected) {
    try {
      await api.watch(`${address}/events`, leaving.signal, (event, part) => {
        if (!row.element.isConnected) return leaving.abort();
        // What one file has to say is in the whole document, too.
        if (event === "file") return;
        merge(job, part);
        row.show(job);
      });
      merge(job, await api.get(address));
    } catch (problem) {
      if (problem.name === "AbortError") return;
      if (!(problem instanceof api.Problem)) throw problem;
      if (problem.status === 404) job.state = "failed";
      else await new Promise((wake) => setTimeout(wake, 2000));
    }
    row.show(job);
  }
  announce(`Adding ${job.paths.join(", ")}: ${stateWords[job.state]}.`);
  done();
}

const merge = (job, part) => Object.assign(job, part ?? {});

function jobRow() {
  const state = make("span", { class: "job-state" });
  const bar = make("progress", { max: "1", "aria-label": "Files read" });
  const figures = make("p", { class: "job-figures" });
  const name = make("strong", {});
  const stopper = make("button", { type: "button", class: "text-button" }, icon("close", 15), "Stop");
  const failures = make("div", {});
  const element = make("div", { class: "job" }, make("div", { class: "job-head" }, name, state, stopper), bar, figures, failures);
  let told = -1;

  function show(job) {
    const { progress = {} } = job;
    name.textContent = (job.paths ?? []).join(", ");
    state.textContent = stateWords[job.state] ?? job.state;
    state.className = `job-state is-${job.state}`;
    stopper.hidden = isOver(job);
    bar.hidden = isOver(job);
    if (progress.files > 0) bar.value = (progress.files_done ?? 0) / progress.files;
    else bar.removeAttribute("value");
    const parts = [];
    if (progress.files > 0) parts.push(`${progress.files_done ?? 0} of ${counted(progress.files, "file")}`);
    if (!isOver(job) && progress.times_real_time > 0) parts.push(`${figure(progress.times_real_time, 1)} × real time`);
    if (!isOver(job) && progress.eta_seconds !== null && Number.isFinite(progress.eta_seconds)) parts.push(`${clock(progress.eta_seconds)} left`);
    figures.textContent = parts.join(", ");
    const list = job.failures ?? [];
    if (list.length === told) return;
    told = list.length;
    const wasOpen = failures.querySelector("details")?.open ?? false;
    failures.replaceChildren(...(list.length === 0 ? [] : [make("details", { class: "fold", open: wasOpen },
      make("summary", {}, counted(list.length, "file could not be read", "files could not be read")),
      make("ul", { class: "problems" }, list.map(({ path, problem }) => make("li", {}, path, make("span", {}, problem)))))]));
  }
  return { element, show, onCancel: (act) => stopper.addEventListener("click", act) };
}
