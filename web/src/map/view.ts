// Where the map looks: local east-north-up metres to CSS pixels, flat or tilted.
import { signal } from "@preact/signals";
import type { Point, Site, Track } from "../protocol";

export interface View {
  e: number;
  n: number;
  /** CSS pixels a metre. */
  scale: number;
  tilted: boolean;
  width: number;
  height: number;
}

export const view = signal<View>({ e: 0, n: 0, scale: 0.05, tilted: false, width: 800, height: 500 });

const TILT = (55 * Math.PI) / 180;
export const squash = (v: View): number => (v.tilted ? Math.cos(TILT) : 1);
const lift = (v: View): number => (v.tilted ? Math.sin(TILT) : 0);

export function project(v: View, e: number, n: number, up_m = 0): Point {
  return [
    v.width / 2 + (e - v.e) * v.scale,
    v.height / 2 - ((n - v.n) * squash(v) + up_m * lift(v)) * v.scale,
  ];
}

/** The ground under a pixel. */
export function unproject(v: View, x: number, y: number): Point {
  return [v.e + (x - v.width / 2) / v.scale, v.n - (y - v.height / 2) / (v.scale * squash(v))];
}

export function pan(dx: number, dy: number): void {
  const v = view.value;
  view.value = { ...v, e: v.e - dx / v.scale, n: v.n + dy / (v.scale * squash(v)) };
}

export function zoom(factor: number, x = view.value.width / 2, y = view.value.height / 2): void {
  const v = view.value;
  const scale = Math.min(2, Math.max(0.002, v.scale * factor));
  const [e, n] = unproject(v, x, y);
  const moved = { ...v, scale };
  const [e2, n2] = unproject(moved, x, y);
  view.value = { ...moved, e: v.e + e - e2, n: v.n + n - n2 };
}

export function centre(e: number, n: number): void {
  view.value = { ...view.value, e, n };
}

/** Bring a place into sight: out and aside, never in. */
export function reveal(e: number, n: number, up_m: number): void {
  const v = view.value;
  const margin = 60;
  const [x, y] = project(v, e, n, v.tilted ? up_m : 0);
  if (x > margin && y > margin && x < v.width - margin && y < v.height - margin) return;
  const wide = (2 * Math.abs(e - v.e)) / (v.width - 2 * margin);
  const high = (2 * Math.abs(n - v.n) * squash(v)) / (v.height - 2 * margin);
  // A little of the way by a move, the rest by scale.
  const scale = Math.min(v.scale, 1.35 / Math.max(wide, high));
  const [ce, cn] = [v.e + (e - v.e) * 0.27, v.n + (n - v.n) * 0.27];
  view.value = { ...v, e: ce, n: cn, scale };
}

/** The whole wall, and every track near it that is not civil traffic. */
export function fit(site: Site, tracks: readonly Track[]): void {
  const v = view.value;
  const points: Point[] = [...site.wall.polygon];
  const reach = 1.6 * Math.max(2000, ...points.map(([e, n]) => Math.hypot(e, n)));
  points.push([-reach, -reach], [reach, reach]);
  for (const t of tracks)
    if (t.identity !== "neutral" && Math.hypot(t.e, t.n) < 20000) points.push([t.e, t.n]);
  const es = points.map((p) => p[0]);
  const ns = points.map((p) => p[1]);
  const [e0, e1, n0, n1] = [Math.min(...es), Math.max(...es), Math.min(...ns), Math.max(...ns)];
  const scale = 0.94 * Math.min(v.width / (e1 - e0), v.height / ((n1 - n0) * squash(v)));
  view.value = { ...v, e: (e0 + e1) / 2, n: (n0 + n1) / 2, scale };
}

export function tilt(): void {
  view.value = { ...view.value, tilted: !view.value.tilted };
}
