// What a file is shown with: video with captions, sound, a picture, or its text.
import * as api from "./api.js";
import { make, ownAddress } from "./dom.js";
import { fileName } from "./format.js";

/// @returns {{element: HTMLElement, media: HTMLMediaElement | null}}
export function screen({ asset, passages, caption_language: language }, start) {
  const address = ownAddress(asset.links?.media);
  switch (asset.kind) {
  case "video": case "audio": return playing(asset, address, start, languageTag(language));
  case "image": return { element: picture(asset, address), media: null };
  default:
    return {
      element: make("div", { class: "screen is-text", tabindex: "0", role: "document", "aria-label": "The text" },
        passages.map((passage) => passage.text).join("\n\n")), media: null,
    };
  }
}

/// A language as browsers name it; null for none, or one that is no code.
function languageTag(code) {
  try {
    return code ? Intl.getCanonicalLocales(code)[0] : null;
  } catch {
    return null;
  }
}

/// @param language of the captions, or null
function playing(asset, address, start, language) {
  const media = make(asset.kind, { controls: true, playsinline: asset.kind === "video", preload: "metadata", "aria-label": fileName(asset.path) });
  const element = make("div", { class: `screen is-${asset.kind}` }, media);
  const captions = ownAddress(asset.links?.captions);
  if (captions && asset.kind === "video") {
    const name = language && new Intl.DisplayNames("en", { type: "language" }).of(language);
    media.append(make("track", { kind: "captions", label: name ? `Captions, ${name}` : "Captions", src: captions, srclang: language, default: true }));
  }
  media.addEventListener("loadedmetadata", () => {
    if (media.currentTime < start) media.currentTime = start;
  }, { once: true });
  media.addEventListener("error", () => {
    if (media.getAttribute("src") && element.isConnected) tellFault(element, asset, address);
  });
  if (address) media.src = address;
  return { element, media };
}

/// Why a file does not play: it is not where it was, or this browser cannot read it.
async function tellFault(element, asset, address) {
  const name = fileName(asset.path);
  const missing = await api.missing(address);
  if (!element.isConnected) return;
  const said = missing
    ? [make("p", {}, missing.message), make("p", { class: "small" }, "Its key frames and words are below.")]
    : [make("p", {}, `This browser cannot play ${name}. Its key frames and words are below.`),
      make("a", { href: address, download: name }, "Save the file to play it elsewhere")];
  element.append(make("div", { class: "fault", role: "alert" }, said));
}

function picture(asset, address) {
  const shown = make("img", { src: address, alt: asset.title ?? fileName(asset.path) });
  const enlarge = () => {
    const dialog = make("dialog", { class: "enlarged", "aria-label": fileName(asset.path) },
      make("button", { type: "button", "aria-label": "Make it small again", onclick: () => dialog.close() },
        make("img", { src: address, alt: shown.alt })));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
  return make("div", { class: "screen is-image" },
    make("button", { type: "button", "aria-label": "Enlarge the picture", onclick: enlarge }, shown));
}
