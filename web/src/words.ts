// Numbers and enums into the words of the screen.
import type { Identity, Level, Track } from "./protocol";

const MARK = /^(EXERCISE EXERCISE EXERCISE|RECORDING): ?/;

const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");

/** HH:MM:SS of a UTC time in nanoseconds, shifted by an offset in seconds. */
export function clock(t_ns: number, offset_s = 0): string {
  const s = (((Math.floor(t_ns / 1e9) + offset_s) % 86400) + 86400) % 86400;
  return `${two(s / 3600)}:${two((s / 60) % 60)}:${two(s % 60)}`;
}

export const hhmm = (t_ns: number, offset_s = 0): string => clock(t_ns, offset_s).slice(0, 5);

/** HH:MM, with the days ahead when it is not today. */
export function moment(t_ns: number, now_ns: number, offset_s: number): string {
  const day = (ns: number): number => Math.floor((ns / 1e9 + offset_s) / 86400);
  const ahead = day(t_ns) - day(now_ns);
  return hhmm(t_ns, offset_s) + (ahead === 0 ? " local" : ahead === 1 ? " tomorrow" : ` in ${ahead} days`);
}

/** A time ahead as MM:SS; an hour and more as "1 h 05". */
export function countdown(s: number): string {
  const t = Math.max(0, Math.round(s));
  if (t >= 3600) return `${Math.floor(t / 3600)} h ${two((t / 60) % 60)}`;
  return `${two(t / 60)}:${two(t % 60)}`;
}

/** An age: "0.2 s", "42 s", "3 min". */
export function age(s: number): string {
  if (s < 9.95) return `${Math.max(0, s).toFixed(1)} s`;
  if (s < 120) return `${Math.round(s)} s`;
  return s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
}

export function distance(m: number): string {
  const far = Math.abs(m);
  if (far >= 10000) return `${(m / 1000).toFixed(1)} km`;
  return far >= 1000 ? `${(m / 1000).toFixed(2)} km` : `${Math.round(m)} m`;
}

export const bearing = (e: number, n: number): number =>
  (Math.round((Math.atan2(e, n) * 180) / Math.PI) + 360) % 360;

export const degrees = (deg: number): string =>
  `${String(((Math.round(deg) % 360) + 360) % 360).padStart(3, "0")}°`;

const WINDS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];
export const wind = (e: number, n: number): string =>
  WINDS[Math.round(bearing(e, n) / 45) % 8] ?? "N";

export const climb = (mps: number): string => (mps > 1 ? "↗" : mps < -1 ? "↘" : "→");

/** What a track is called: its callsign, else its label. */
export const called = (t: Pick<Track, "callsign" | "label">): string =>
  t.callsign || `T-${t.label}`;

export const CLASS_WORDS: Record<string, string> = {
  "exists at all": "Exists at all",
  unknown: "Class not decided",
  multirotor: "Multirotor drone",
  "fixed wing": "Fixed-wing drone",
  "one way attack": "One-way attack drone",
  bird: "Bird",
  "light aircraft": "Light aircraft",
  helicopter: "Helicopter",
  airliner: "Airliner",
  ballistic: "Rocket or mortar",
  balloon: "Balloon",
};

/** The service's name of a class, as the sprite's columns and the words have it. */
export const plain = (cls: string): string => cls.toLowerCase().replace(/[_-]/g, " ");
export const classWord = (cls: string): string => CLASS_WORDS[plain(cls)] ?? cls;

export const LEVELS: Level[] = ["WHITE", "YELLOW", "RED"];
export const LEVEL_WORDS: Record<Level, string> = {
  WHITE: "Attack not expected",
  YELLOW: "Attack probable",
  RED: "Attack imminent or under way",
};

export const IDENTITIES: Identity[] = [
  "pending", "unknown", "assumed friend", "friend", "neutral", "suspect", "hostile",
];

/** The mode's mark before a text, and the text without it. */
export function unmarked(text: string): { mark: string; rest: string } {
  const found = MARK.exec(text);
  return found ? { mark: found[1] ?? "", rest: text.slice(found[0].length) } : { mark: "", rest: text };
}

/** "2 hostile · 1 suspect": how many tracks of each identity, the worst first. */
export function census(tracks: readonly Track[]): string {
  const counts = new Map<Identity, number>();
  for (const t of tracks) counts.set(t.identity, (counts.get(t.identity) ?? 0) + 1);
  const words = [...IDENTITIES].reverse().filter((i) => counts.has(i));
  return words.map((i) => `${counts.get(i)} ${i}`).join(" · ") || "no tracks";
}
