// What the page knows and what the person has chosen: one signal each, nothing else keeps state.
import { computed, signal } from "@preact/signals";
import type {
  BaseMap, Cover, LogEvent, Me, Picture, Site, Terrain, Timeline, Track,
} from "./protocol";

export const me = signal<Me | null>(null);
export const mustSignIn = signal(false);
export const site = signal<Site | null>(null);
export const basemap = signal<BaseMap | null>(null);
export const terrain = signal<Terrain | null>(null);
/** Cover by height above ground [m]; filled as it arrives. */
export const covers = signal<ReadonlyMap<number, Cover>>(new Map());

export const live = signal<Picture | null>(null);
export const received_ms = signal(0);
export const linked = signal(false);
/** The browser's monotonic clock, four times a second: ages and clocks follow it. */
export const tick_ms = signal(performance.now());

export const STALE_S = 3;
export const age_s = computed(() => {
  const picture = live.value;
  if (!picture?.t_ns) return Infinity; // nothing has been seen yet
  return (picture.age_s ?? 0) + Math.max(0, tick_ms.value - received_ms.value) / 1000;
});
export const old = computed(() => !linked.value || age_s.value > STALE_S);
/** The service's time now: the picture's, carried on by the browser's clock. */
export const now_ns = computed(() => {
  const picture = live.value;
  return picture?.t_ns ? picture.t_ns + age_s.value * 1e9 : 0;
});

export const playhead_ns = signal<number | null>(null);
export const playing = signal(true);
export const rate = signal<1 | 4 | 16>(1);
export const past = signal<Picture | null>(null);
export const replaying = computed(() => playhead_ns.value !== null);
export const shown = computed(() => (replaying.value ? past.value : live.value));
export const timeline = signal<Timeline | null>(null);

export const events = signal<readonly LogEvent[]>([]);
export const MOST_EVENTS = 400;

export const selected = signal<number | null>(null);
export const following = signal(false);

const byPriority = (a: Track, b: Track): number => b.score - a.score || a.label - b.label;
export const ranked = computed(() => [...(shown.value?.tracks ?? [])].sort(byPriority));
export const chosen = computed(() => ranked.value.find((t) => t.label === selected.value) ?? null);

export const LAYERS = [
  ["cover", "Sensor cover", "1"],
  ["blind", "Blind volumes", "2"],
  ["zones", "Zones, people", "3"],
  ["corridors", "Corridors", "4"],
  ["rings", "Range rings", "5"],
  ["shade", "Hill shade", "6"],
  ["base", "Base map", "G"],
  ["dots", "History dots, 45 s", "7"],
  ["ellipses", "95 % ellipses", "8"],
  ["labels", "Labels", "9"],
  ["birds", "Birds", "B"],
] as const;
export type Layer = (typeof LAYERS)[number][0];
export const layers = signal<Record<Layer, boolean>>({
  cover: true, blind: true, zones: true, corridors: true, rings: true,
  shade: true, base: true, dots: true, ellipses: true, labels: true, birds: true,
});
export const COVER_HEIGHTS_M = [20, 50, 100, 200, 400] as const;
export const coverHeight_m = signal<number>(100);

export type Theme = "dark" | "day";
export const theme = signal<Theme>("dark");

export type Sound = "unarmed" | "on" | "muted";
export const sound = signal<Sound>("unarmed");

export type Dialog =
  | { name: "help" | "posture" | "drill" | "clear" | "duty" | "sensors" }
  | { name: "incidents"; open?: string }
  | { name: "interrogate" | "dismiss" | "reclassify"; label: number }
  | { name: "note"; label: number | null };
export const dialog = signal<Dialog | null>(null);
/** The last answer of the service to an act, read out and shown for a while. */
export const said = signal<{ text: string; wrong: boolean } | null>(null);

export const mayAct = computed(() => me.value !== null && me.value.role !== "viewer");
export const isSupervisor = computed(() => me.value?.role === "supervisor");
/** In an exercise nobody is kept from trying a drill. */
export const mayDrill = computed(() => isSupervisor.value || (mayAct.value && site.value?.mode === "EXERCISE"));
/** Anything simulated in the picture: the mark cannot be turned off. */
export const exercise = computed(
  () => site.value?.mode === "EXERCISE" || live.value?.drill?.running === true,
);
