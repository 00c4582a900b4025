// Taking a file out of the library. Asked first: what was made of it can only be made anew.
import * as api from "./api.js";
import { make, toast } from "./dom.js";
import { fileName } from "./format.js";

/// Asks, and takes the file out when the answer is yes.
/// @param done called when it is gone
export function askToRemove(asset, done) {
  const name = asset.title ?? fileName(asset.path);
  const fault = make("p", { class: "problem-line", role: "alert", hidden: true });
  const keep = make("button", { type: "button", class: "secondary", autofocus: true, onclick: () => dialog.close() }, "Keep it");
  const remove = make("button", { type: "button", class: "primary is-danger", onclick: act }, "Remove it");
  const dialog = make("dialog", { class: "removal", "aria-labelledby": "removal-title", "aria-describedby": "removal-text" },
    make("h2", { id: "removal-title" }, `Remove “${name}” from the library?`),
    make("div", { id: "removal-text" },
      make("p", {}, "It will not be found any more: its key frames, its words and all that was made of them are deleted here."),
      make("p", {}, make("strong", {}, "The file itself stays"), " where it is:"),
      (asset.paths ?? [asset.path]).slice(0, 4).map((path) => make("p", {}, make("code", {}, path))),
      make("p", {}, "Indexing its folder again leaves it out; indexing the file by its own path takes it in again.")),
    fault,
    make("div", { class: "actions" }, keep, remove));

  async function act() {
    fault.hidden = true;
    remove.disabled = true;
    remove.textContent = "Removing …";
    try {
      await api.remove(`/v1/assets/${encodeURIComponent(asset.id)}`);
    } catch (problem) {
      if (!(problem instanceof api.Problem)) throw problem;
      // Somebody else was quicker: it is gone, as was wished.
      if (problem.status !== 404) {
        fault.textContent = problem.message;
        fault.hidden = false;
        remove.disabled = false;
        remove.textContent = "Try again";
        remove.focus();
        return;
      }
    }
    dialog.close();
    toast(`“${name}” is not in the library any more. Its file is where it was.`);
    done();
  }

  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
