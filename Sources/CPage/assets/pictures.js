// A picture to search by: chosen, dropped or pasted. It stays in this page's memory; the address
// holds only a key to it.
import * as address from "./address.js";
import { byId, icon, make, toast } from "./dom.js";

/// What the server takes as it is.
const readable = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const largest = 16 << 20; // bytes
const pictures = new Map();

/// The bytes behind a key of the address, or null once the page was loaded again.
export const picture = (key) => (key === null ? null : pictures.get(key) ?? null);

/// Searches by this file; says why when it cannot.
async function use(file) {
  let blob = file;
  if (!readable.includes(file.type) || file.size > largest) {
    blob = await smaller(file);
    if (blob === null) {
      toast(`“${file.name}” is not a picture this browser can read. JPEG, PNG, WebP and GIF work.`);
      return;
    }
  }
  const key = `p${pictures.size + 1}`;
  pictures.set(key, { blob, name: file.name || "pasted picture" });
  address.go({ view: "search", picture: key, like: null });
}

/// Drawn again as a JPEG of at most 2048 pixels a side; null when the browser cannot read it.
async function smaller(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, 2048 / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  } catch {
    return null;
  }
}

const pictureOf = (transfer) => [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));
const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

export function startPictures() {
  const input = byId("picture-file");
  input.addEventListener("change", () => {
    if (input.files.length > 0) use(input.files[0]);
    input.value = "";
  });

  addEventListener("paste", (event) => {
    const file = pictureOf(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    use(file);
  });

  const veil = byId("drop");
  let depth = 0;
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    veil.hidden = depth === 0;
  });
  addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    veil.hidden = true;
    const file = pictureOf(event.dataTransfer);
    if (file) use(file);
    else toast("Only a picture can be searched by. Videos are added in the library view.");
  });
}

/// The picture in the box, as the address says.
export function showPicture(place) {
  const chip = byId("picture-chip");
  const shown = picture(place.picture);
  chip.hidden = shown === null;
  if (shown === null) return chip.replaceChildren();
  if (chip.dataset.picture === place.picture && chip.childElementCount > 0) return;
  chip.dataset.picture = place.picture;
  chip.replaceChildren(drawing(shown),
    make("button", {
      type: "button", class: "icon-button", "aria-label": "Search without the picture",
      onclick: () => { address.go({ picture: null }); byId("query").focus(); },
    }, icon("close", 15)));
}

/// Drawn, not linked: the policy of the page allows no pictures but the server's.
function drawing({ blob, name }) {
  const side = 96;
  const canvas = make("canvas", { width: side, height: side, role: "img", "aria-label": `The picture searched by: ${name}` });
  createImageBitmap(blob).then((bitmap) => {
    const scale = Math.max(side / bitmap.width, side / bitmap.height);
    const [width, height] = [bitmap.width * scale, bitmap.height * scale];
    canvas.getContext("2d").drawImage(bitmap, (side - width) / 2, (side - height) / 2, width, height);
  }, () => {});
  return canvas;
}
