// Every function by keyboard. In a dialogue or a field the keys are the browser's own.
import { fit, pan, tilt, zoom } from "./map/view";
import { goLive, step } from "./replay";
import { toggle as toggleSound } from "./sound";
import * as state from "./state";
import { acknowledgeFirst } from "./panels/alerts";

/** What the help dialogue lists. */
export const KEYS: [string, string][] = [
  ["A", "Acknowledge the first open alarm"],
  ["Tab, Shift Tab", "Next, previous track by priority (on the map)"],
  ["I", "Interrogate the selected track"],
  ["D", "Dismiss the selected track"],
  ["R", "Reclassify the selected track"],
  ["F", "Follow the selected track"],
  ["N", "Note in the log"],
  ["P", "Change posture"],
  ["C", "Is the airspace clear?"],
  ["X", "Drill control"],
  ["E", "Incident record, paste a report"],
  ["← →", "Ten seconds back, on"],
  ["Space", "Pause, play the replay"],
  ["L", "Live"],
  ["0", "Fit the site"],
  ["+ −", "Zoom"],
  ["Shift arrows", "Move the map"],
  ["T", "Tilt"],
  ["1 … 9, G, B", "Layers"],
  ["[ ]", "Cover height down, up"],
  ["M", "Sound on, off"],
  ["Y", "Dark, day"],
  ["S", "Sensors: bias that is offered"],
  ["U", "Who is on duty, sign out"],
  ["F6", "Next pane; there Tab is the browser's"],
  ["Esc", "Close; back to the map"],
  ["?", "This list"],
];

export function selectBy(stepBy: number): void {
  const ranked = state.ranked.value;
  if (!ranked.length) return;
  const at = ranked.findIndex((t) => t.label === state.selected.value);
  const next = at < 0 ? (stepBy > 0 ? 0 : ranked.length - 1) : (at + stepBy + ranked.length) % ranked.length;
  state.selected.value = ranked[next]?.label ?? null;
}

function nextPane(back: boolean): void {
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")];
  const at = panes.findIndex((p) => p.contains(document.activeElement));
  for (let k = 1; k <= panes.length; k++) {
    const pane = panes[(at + (back ? -k : k) + 2 * panes.length) % panes.length];
    const first = pane?.querySelector<HTMLElement>("button:not(:disabled), input, select, [tabindex='0']");
    if (first) return first.focus();
  }
}

export const toMap = (): void => document.getElementById("picture")?.focus();

function coverStep(by: number): void {
  const heights: readonly number[] = state.COVER_HEIGHTS_M;
  const at = heights.indexOf(state.coverHeight_m.value);
  state.coverHeight_m.value = heights[Math.min(heights.length - 1, Math.max(0, at + by))] ?? 100;
}

export function onTrack(name: "interrogate" | "dismiss" | "reclassify"): void {
  const track = state.chosen.value;
  if (track) state.dialog.value = { name, label: track.label };
  else state.said.value = { text: "Select a track first: Tab, or a click on the map.", wrong: true };
}

const SHIFTED: Record<string, [number, number]> = {
  ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80],
};

const PLAIN: Record<string, () => void> = {
  a: () => void acknowledgeFirst(),
  i: () => onTrack("interrogate"),
  d: () => onTrack("dismiss"),
  r: () => onTrack("reclassify"),
  f: () => void (state.following.value = !state.following.value && state.chosen.value !== null),
  n: () => void (state.dialog.value = { name: "note", label: state.selected.value }),
  p: () => void (state.dialog.value = { name: "posture" }),
  c: () => void (state.dialog.value = { name: "clear" }),
  x: () => void (state.dialog.value = { name: "drill" }),
  e: () => void (state.dialog.value = { name: "incidents" }),
  s: () => void (state.dialog.value = { name: "sensors" }),
  u: () => void (state.dialog.value = { name: "duty" }),
  "?": () => void (state.dialog.value = { name: "help" }),
  l: goLive,
  t: tilt,
  m: toggleSound,
  y: () => void (state.theme.value = state.theme.value === "dark" ? "day" : "dark"),
  "0": () => state.site.value && fit(state.site.value, state.ranked.value),
  "+": () => zoom(1.4),
  "=": () => zoom(1.4),
  "-": () => zoom(1 / 1.4),
  "[": () => coverStep(-1),
  "]": () => coverStep(1),
  ArrowLeft: () => step(-10),
  ArrowRight: () => step(10),
  ArrowUp: () => selectBy(-1),
  ArrowDown: () => selectBy(1),
  " ": () => {
    if (state.replaying.value) state.playing.value = !state.playing.value;
  },
  Escape: () => {
    if (document.activeElement?.id === "picture") state.selected.value = null;
    else toMap();
  },
};
for (const [layer, , key] of state.LAYERS)
  PLAIN[key.toLowerCase()] = () => {
    state.layers.value = { ...state.layers.value, [layer]: !state.layers.value[layer] };
  };

function pressed(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const on = document.activeElement as HTMLElement | null;
  const onMap = !on || on === document.body || on.id === "picture";
  if (!state.me.value || document.querySelector("dialog[open]") || !state.site.value) return;
  if (on?.matches("input:not([type=checkbox]), select, textarea")) {
    if (event.key === "Escape") toMap();
    return;
  }
  if (event.key === "F6") nextPane(event.shiftKey);
  else if (event.key === "Tab") {
    if (!onMap) return;
    selectBy(event.shiftKey ? -1 : 1);
    toMap();
  } else if (event.shiftKey && SHIFTED[event.key]) {
    pan(...(SHIFTED[event.key] ?? [0, 0]));
    state.following.value = false;
  } else {
    // On a button Space presses it.
    if (event.key === " " && !onMap) return;
    const does = PLAIN[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!does) return;
    does();
  }
  event.preventDefault();
}

export function keepListening(): void {
  addEventListener("keydown", pressed);
}
