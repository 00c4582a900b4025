// Times, numbers and names as people read them.

/// 0:42, 12:07, 1:03:20. Seconds are cut, not rounded: a moment never starts after itself.
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/// 0:42–0:55; one time when both read the same.
export function span(start, end) {
  const [from, to] = [clock(start), clock(end)];
  return from === to ? from : `${from}–${to}`;
}

/// For screen readers: 1 hour 3 minutes 20 seconds.
export function spokenTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const parts = [[Math.floor(whole / 3600), "hour"], [Math.floor(whole / 60) % 60, "minute"], [whole % 60, "second"]];
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => counted(count, unit));
  return said.length > 0 ? said.join(" ") : "the start";
}

const grouped = new Intl.NumberFormat("en", { useGrouping: true });

/// 1 moment, 12 moments.
export function counted(count, one, many = `${one}s`) {
  return `${grouped.format(count)} ${count === 1 ? one : many}`;
}

/// 94 %; never 100 % of what is not certain.
export function percent(share) {
  const rounded = Math.round(share * 100);
  return `${share < 1 && rounded === 100 ? 99 : rounded} %`;
}

export const figure = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : "–");

/// 4.2 ms, 87 ms, 1.3 s.
export const milliseconds = (value) =>
  (value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`);

/// How long a library plays: 3 min, 12.5 h.
export function playingTime(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export const fileName = (path) => path.slice(path.lastIndexOf("/") + 1) || path;

export const folder = (path) => path.slice(0, Math.max(0, path.lastIndexOf("/")));

export const kinds = {
  video: { one: "video", many: "videos", label: "Videos" },
  audio: { one: "recording", many: "recordings", label: "Sound" },
  image: { one: "picture", many: "pictures", label: "Pictures" },
  text: { one: "text", many: "texts", label: "Texts" },
};

/// What a person would call the ways to find a moment.
export const channelNames = { keywords: "words", frames: "picture", meaning: "meaning" };

/// Where the words of a passage come from; empty where nothing needs to be said.
export const sources = {
  subtitle: "subtitle", sidecar: "subtitle", speech: "heard", transcript: "heard",
  screen: "on screen", screen_text: "on screen", on_screen: "on screen", tag: "seen",
  file_name: "file name", title: "title", metadata: "about the file", description: "description",
};
