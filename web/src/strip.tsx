// The height strip: height above ground over distance from the site, terrain and cover floor
// along the selected track's bearing.
import { useEffect, useRef } from "preact/hooks";
import { effect } from "@preact/signals";
import { palette } from "./colours";
import { gull, isGull } from "./map/air";
import { groundAt } from "./map/over";
import { SEEN_PD } from "./map/ground";
import { view } from "./map/view";
import { write } from "./map/works";
import type { Cover, Track } from "./protocol";
import * as state from "./state";
import { draw } from "./symbols";
import { bearing, called, degrees } from "./words";

const LEFT = 52;
const BOTTOM = 20;
const TOP = 24;
const KEPT_MS = 45_000;
const MOST_SYMBOLS = 30;

/** Heights of the last 45 s, as the history has none: distance [m], height [m], when [ms]. */
const trail = new Map<number, [number, number, number][]>();

function remember(tracks: readonly Track[], now_ms: number): void {
  for (const t of tracks) {
    const kept = trail.get(t.label) ?? [];
    if (now_ms - (kept.at(-1)?.[2] ?? 0) >= 3000) kept.push([Math.hypot(t.e, t.n), t.agl_m, now_ms]);
    trail.set(t.label, kept.filter((k) => now_ms - k[2] < KEPT_MS));
  }
  const here = new Set(tracks.map((t) => t.label));
  for (const label of trail.keys()) if (!here.has(label)) trail.delete(label);
}

function coverAt(cover: Cover, e: number, n: number): number {
  const c = Math.floor((e - cover.e0) / cover.cell_m);
  const r = Math.floor((n - cover.n0) / cover.cell_m);
  if (c < 0 || r < 0 || c >= cover.cols || r >= cover.rows) return 0;
  return cover.pd[r * cover.cols + c] ?? 0;
}

/** The lowest of the known heights at which a thing is seen with even odds; null: at none. */
function floorAt(covers: readonly Cover[], e: number, n: number): number | null {
  for (const cover of covers) if (coverAt(cover, e, n) >= SEEN_PD) return cover.height_m;
  return null;
}

function far(): number {
  const v = view.value;
  const known = state.ranked.value.filter((t) => t.label === state.selected.value || t.identity !== "neutral");
  const outmost = Math.max(0, ...known.map((t) => Math.hypot(t.e, t.n)).filter((d) => d < 20000)) * 1.04;
  const reach = Math.max(outmost, Math.hypot(v.e, v.n) + Math.min(v.width, v.height) / 2 / v.scale);
  const step = reach > 20000 ? 10000 : reach > 8000 ? 4000 : reach > 3000 ? 2000 : 1000;
  return Math.ceil(reach / step) * step;
}

function paint(ctx: CanvasRenderingContext2D, width: number, height: number): void {
  const colours = palette(state.theme.value);
  const tracks = state.ranked.value.filter((t) => state.layers.value.birds || !isGull(t));
  remember(tracks, state.received_ms.value);
  const chosen = state.chosen.value;
  const end_m = far();
  const near = tracks.filter((t) => Math.hypot(t.e, t.n) <= end_m);
  const highest = Math.max(0, ...near.filter((t) => t.identity !== "neutral").map((t) => t.agl_m));
  const top_m = highest > 1000 ? 2000 : highest > 400 ? 1000 : 400;
  const x = (d: number): number => LEFT + (d / end_m) * (width - LEFT - 16);
  const y = (h: number): number => height - BOTTOM - (Math.max(0, h) / top_m) * (height - BOTTOM - TOP);
  ctx.clearRect(0, 0, width, height);
  axes(ctx, width, height, end_m, top_m, x, y);
  const az = chosen ? Math.atan2(chosen.e, chosen.n) : 0;
  terrainLine(ctx, az, end_m, x, y);
  floorLine(ctx, az, end_m, x, y);
  ctx.font = "600 11px system-ui, sans-serif";
  const where = chosen ? `along ${degrees(bearing(chosen.e, chosen.n))}` : "along 000°, no track selected";
  write(ctx, `HEIGHT ABOVE GROUND BY DISTANCE  ·  terrain and cover floor ${where}`, LEFT, 11, colours.dim, colours.halo);
  // A strip holds few symbols: the others of a crowd are squares.
  const rest = new Set(near.slice(MOST_SYMBOLS).map((t) => t.label));
  for (const t of [...near].reverse()) {
    ctx.fillStyle = colours.identity[t.identity];
    ctx.globalAlpha = 0.6;
    for (const [d, h] of trail.get(t.label) ?? []) if (h <= top_m) ctx.fillRect(x(d) - 1, y(h) - 1, 2, 2);
    ctx.globalAlpha = t.coasting ? 0.6 : 1;
    const [px, py] = [x(Math.hypot(t.e, t.n)), y(Math.min(t.agl_m, top_m))];
    if (rest.has(t.label)) ctx.fillRect(px - 2, py - 2, 4, 4);
    else if (isGull(t)) gull(ctx, px, py, colours.identity[t.identity]);
    else draw(ctx, t.identity, t.cls, px, py, 26);
    ctx.globalAlpha = 1;
    // Higher than the strip: at its top edge, with an arrow and the height in figures.
    ctx.font = "11px system-ui, sans-serif";
    const edge = px > width - 90;
    if (t.agl_m > top_m && !rest.has(t.label))
      write(ctx, `↑ ${Math.round(t.agl_m)} m`, px + (edge ? -14 : 14), py, colours.text, colours.halo, edge ? "right" : "left");
    if (t.label !== chosen?.label) continue;
    ctx.strokeStyle = colours.select;
    ctx.lineWidth = 2;
    ctx.strokeRect(px - 13, py - 13, 26, 26);
    ctx.font = "700 11px system-ui, sans-serif";
    const right = px > width - 120;
    write(ctx, `${called(t)}  ${Math.round(t.agl_m)} m`, px + (right ? -18 : 18), py - 8,
      colours.identity[t.identity], colours.halo, right ? "right" : "left");
  }
}

type Scale = (value: number) => number;

function axes(
  ctx: CanvasRenderingContext2D, width: number, height: number, end_m: number, top_m: number, x: Scale, y: Scale,
): void {
  const colours = palette(state.theme.value);
  ctx.strokeStyle = colours.grid;
  ctx.lineWidth = 1;
  ctx.font = "11px system-ui, sans-serif";
  for (let k = 0; k <= 4; k++) {
    const h = (top_m * k) / 4;
    ctx.beginPath();
    ctx.moveTo(LEFT, y(h));
    ctx.lineTo(width - 16, y(h));
    ctx.stroke();
    write(ctx, `${h} m`, LEFT - 6, y(h), colours.dim, colours.halo, "right");
  }
  const step = end_m / (end_m % 5000 === 0 ? 5 : 4);
  for (let d = 0; d <= end_m + 1; d += step) {
    ctx.beginPath();
    ctx.moveTo(x(d), TOP);
    ctx.lineTo(x(d), height - BOTTOM);
    ctx.stroke();
    write(ctx, `${Math.round(d / 100) / 10} km`, x(d), height - 9, colours.dim, colours.halo, d > 0.99 * end_m ? "right" : "center");
  }
  wallMark(ctx, height, x);
}

/** Where the wall stands: its least and greatest distance. */
function wallMark(ctx: CanvasRenderingContext2D, height: number, x: Scale): void {
  const wall = state.site.value?.wall.polygon ?? [];
  if (!wall.length) return;
  const colours = palette(state.theme.value);
  const most = Math.max(...wall.map(([e, n]) => Math.hypot(e, n)));
  ctx.strokeStyle = colours.wall;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([5, 4]);
  ctx.beginPath();
  ctx.moveTo(x(most), TOP);
  ctx.lineTo(x(most), height - BOTTOM);
  ctx.stroke();
  ctx.setLineDash([]);
  write(ctx, "wall", x(most) + 4, TOP + 6, colours.wall, colours.halo);
}

function terrainLine(ctx: CanvasRenderingContext2D, az: number, end_m: number, x: Scale, y: Scale): void {
  const terrain = state.terrain.value;
  if (!terrain) return;
  const colours = palette(state.theme.value);
  const base = groundAt(terrain, 0, 0) ?? 0;
  ctx.fillStyle = colours.dim;
  ctx.globalAlpha = 0.35;
  ctx.beginPath();
  ctx.moveTo(x(0), y(0));
  for (let k = 0; k <= 120; k++) {
    const d = (end_m * k) / 120;
    const up = groundAt(terrain, d * Math.sin(az), d * Math.cos(az)) ?? base;
    // Heights are above ground, so the ground is drawn as relief against the reference point.
    ctx.lineTo(x(d), y(Math.max(0, up - base)));
  }
  ctx.lineTo(x(end_m), y(0));
  ctx.fill();
  ctx.globalAlpha = 1;
}

function floorLine(ctx: CanvasRenderingContext2D, az: number, end_m: number, x: Scale, y: Scale): void {
  const covers = [...state.covers.value.values()].sort((a, b) => a.height_m - b.height_m);
  if (!covers.length) return;
  const colours = palette(state.theme.value);
  ctx.strokeStyle = colours.edge;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([7, 3, 2, 3]);
  ctx.beginPath();
  let drawing = false;
  let last: [number, number] | null = null;
  for (let k = 0; k <= 160; k++) {
    const d = (end_m * k) / 160;
    const floor = floorAt(covers, d * Math.sin(az), d * Math.cos(az));
    if (floor === null) {
      drawing = false;
      continue;
    }
    if (drawing) ctx.lineTo(x(d), y(floor));
    else ctx.moveTo(x(d), y(floor));
    drawing = true;
    last = [d, floor];
  }
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = "11px system-ui, sans-serif";
  if (last) write(ctx, "cover floor", x(last[0]) - 4, y(last[1]) - 8, colours.edge, colours.halo, "right");
}

export function HeightStrip() {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return undefined;
    let due = 0;
    const run = (): void => {
      due = 0;
      const [w, h] = [canvas.clientWidth, canvas.clientHeight];
      if (canvas.width !== w * devicePixelRatio) canvas.width = w * devicePixelRatio;
      if (canvas.height !== h * devicePixelRatio) canvas.height = h * devicePixelRatio;
      const ctx = canvas.getContext("2d");
      ctx?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      if (ctx) paint(ctx, w, h);
    };
    // Twice a second is enough for heights; a selection or a move of the map shows at once.
    let at = 0;
    const stop = effect(() => {
      void [state.selected.value, state.theme.value, view.value, state.covers.value, state.layers.value];
      due ||= requestAnimationFrame(run);
    });
    const stopPictures = effect(() => {
      void state.shown.value;
      const now = performance.now();
      if (now - at < 450) return;
      at = now;
      due ||= requestAnimationFrame(run);
    });
    return () => {
      stop();
      stopPictures();
      cancelAnimationFrame(due);
    };
  }, []);
  const chosen = state.chosen.value;
  const words = chosen ? `${called(chosen)} at ${Math.round(chosen.agl_m)} m above ground` : "no track selected";
  return <canvas ref={ref} class="strip" role="img" aria-label={`Height by distance: ${words}`} />;
}
