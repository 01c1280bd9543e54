// The tracks: history dots, 95 % ellipses, 15 s leaders, marks of time to the wall, symbols.
import type { Palette } from "../colours";
import type { Identity, Track } from "../protocol";
import { draw } from "../symbols";
import { age, called, climb, countdown, distance, IDENTITIES, plain } from "../words";
import { project, squash, type View } from "./view";
import { write } from "./works";

export const SYMBOL = 38;
const LEADER_S = 15;
const MOST_LABELS = 60;

export interface AirInput {
  ranked: readonly Track[];
  selected: number | null;
  alarmed: ReadonlySet<number>;
  show: { dots: boolean; ellipses: boolean; labels: boolean; birds: boolean };
  colours: Palette;
  grey: boolean;
}

type Ctx = CanvasRenderingContext2D;

export const isGull = (t: Track): boolean =>
  plain(t.cls) === "bird" && t.identity !== "hostile" && t.identity !== "suspect";

/** Whoever is drawn: birds may be left out, never what closes with a raid or is selected. */
function drawn(input: AirInput): Track[] {
  if (input.show.birds) return [...input.ranked];
  return input.ranked.filter((t) => !isGull(t) || t.label === input.selected || input.alarmed.has(t.label));
}

const speed = (t: Track): [number, number] => {
  const a = (t.course_deg * Math.PI) / 180;
  return [t.speed_mps * Math.sin(a), t.speed_mps * Math.cos(a)];
};

function dots(ctx: Ctx, v: View, tracks: readonly Track[], input: AirInput): void {
  ctx.globalAlpha = 0.7;
  for (const identity of IDENTITIES) {
    ctx.fillStyle = input.colours.identity[identity];
    for (const t of tracks) {
      if (t.identity !== identity) continue;
      for (const [e, n] of t.history) {
        const [x, y] = project(v, e, n, v.tilted ? t.agl_m : 0);
        ctx.fillRect(x - 1, y - 1, 2, 2);
      }
    }
  }
  ctx.globalAlpha = 1;
}

function ellipses(ctx: Ctx, v: View, tracks: readonly Track[], input: AirInput): void {
  ctx.lineWidth = 1.2;
  const paths = new Map<string, Path2D>();
  for (const t of tracks) {
    const [major, minor, bearing_deg] = t.ellipse;
    // Smaller than the symbol it says nothing that the symbol does not.
    if (major * v.scale < 8 && !(t.coasting && major * v.scale > 4)) continue;
    const key = `${t.coasting ? "c" : "s"}${t.identity}`;
    let path = paths.get(key);
    if (!path) paths.set(key, (path = new Path2D()));
    const [x, y] = project(v, t.e, t.n, v.tilted ? t.agl_m : 0);
    const turn = ((bearing_deg - 90) * Math.PI) / 180;
    const [a, b] = [major * v.scale, Math.max(1, minor * v.scale)];
    if (v.tilted) {
      const one = new Path2D();
      one.ellipse(0, 0, a, b, turn, 0, 2 * Math.PI);
      path.addPath(one, new DOMMatrix([1, 0, 0, squash(v), x, y]));
    } else {
      path.moveTo(x + a * Math.cos(turn), y + a * Math.sin(turn));
      path.ellipse(x, y, a, b, turn, 0, 2 * Math.PI);
    }
  }
  for (const [key, path] of paths) {
    ctx.setLineDash(key.startsWith("c") ? [5, 4] : []);
    ctx.strokeStyle = input.colours.identity[key.slice(1) as Identity];
    ctx.stroke(path);
  }
  ctx.setLineDash([]);
}

function leaders(ctx: Ctx, v: View, tracks: readonly Track[], input: AirInput): void {
  ctx.lineWidth = 1.5;
  for (const coasting of [false, true]) {
    ctx.setLineDash(coasting ? [4, 4] : []);
    for (const identity of IDENTITIES) {
      ctx.beginPath();
      for (const t of tracks) {
        if (t.identity !== identity || t.coasting !== coasting || t.speed_mps < 1) continue;
        const up = v.tilted ? t.agl_m : 0;
        const [ve, vn] = speed(t);
        ctx.moveTo(...project(v, t.e, t.n, up));
        ctx.lineTo(...project(v, t.e + ve * LEADER_S, t.n + vn * LEADER_S, up));
      }
      ctx.strokeStyle = input.colours.identity[identity];
      ctx.stroke();
    }
  }
  ctx.setLineDash([]);
}

/** The rest of the way to the wall, with a mark every 15 s (30, 60 when it is long). */
function toWall(ctx: Ctx, v: View, t: Track, input: AirInput, words: boolean): void {
  if (t.t_wall_s === null || t.t_wall_s <= 0 || t.t_wall_s > 600) return;
  const [ve, vn] = speed(t);
  const length = Math.hypot(ve, vn) || 1;
  const colour = input.colours.identity[t.identity];
  const at = (s: number): [number, number] => project(v, t.e + ve * s, t.n + vn * s);
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 4]);
  ctx.beginPath();
  ctx.moveTo(...at(0));
  ctx.lineTo(...at(t.t_wall_s));
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.lineWidth = 2;
  ctx.font = "600 11px system-ui, sans-serif";
  const every = t.t_wall_s > 240 ? 60 : t.t_wall_s > 90 ? 30 : 15;
  const tick = (s: number, half: number): void => {
    const [x, y] = at(s);
    const [nx, ny] = [(vn / length) * half, (ve / length) * half * squash(v)];
    ctx.beginPath();
    ctx.moveTo(x - nx, y - ny);
    ctx.lineTo(x + nx, y + ny);
    ctx.stroke();
  };
  for (let s = every; s < t.t_wall_s - every / 3; s += every) {
    tick(s, 5);
    if (words && every * length * v.scale > 34) {
      const [x, y] = at(s);
      write(ctx, `${s} s`, x + (vn / length) * 9, y + (ve / length) * 9 + 6, colour, input.colours.halo);
    }
  }
  tick(t.t_wall_s, 8);
  if (!words) return;
  const [x, y] = at(t.t_wall_s);
  const doubt = t.t_wall_sd_s > 1.5 ? ` ±${Math.round(t.t_wall_sd_s)} s` : "";
  write(ctx, `wall ${countdown(t.t_wall_s)}${doubt}`, x + 10, y + 12, colour, input.colours.halo);
}

/** A small gull, for a bird that nobody suspects. */
export function gull(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.6;
  ctx.beginPath();
  ctx.moveTo(x - 7, y - 1);
  ctx.quadraticCurveTo(x - 3, y - 6, x, y);
  ctx.quadraticCurveTo(x + 3, y - 6, x + 7, y - 1);
  ctx.stroke();
}

function stalks(ctx: Ctx, v: View, tracks: readonly Track[], input: AirInput): void {
  ctx.strokeStyle = input.colours.dim;
  ctx.lineWidth = 1;
  ctx.globalAlpha = 0.8;
  ctx.beginPath();
  for (const t of tracks) {
    const [x, y] = project(v, t.e, t.n);
    ctx.moveTo(x - 3, y);
    ctx.lineTo(x + 3, y);
    ctx.moveTo(x, y);
    ctx.lineTo(...project(v, t.e, t.n, t.agl_m));
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
}

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

const clash = (a: Box, b: Box): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Labels for the first of the ranking, each where it covers no other; a raid's are always written. */
function labels(ctx: Ctx, v: View, tracks: readonly Track[], input: AirInput): void {
  const inside = tracks.filter((t) => {
    const [x, y] = project(v, t.e, t.n, v.tilted ? t.agl_m : 0);
    return x > -20 && y > -20 && x < v.width + 20 && y < v.height + 20;
  });
  const must = (t: Track): boolean => t.label === input.selected || input.alarmed.has(t.label);
  const wanted = inside.filter((t) => must(t) || !isGull(t)).slice(0, MOST_LABELS);
  wanted.sort((a, b) => Number(must(b)) - Number(must(a)));
  const taken: Box[] = wanted.map((t) => {
    const [x, y] = project(v, t.e, t.n, v.tilted ? t.agl_m : 0);
    return { x: x - 12, y: y - 13, w: 24, h: 26 };
  });
  wanted.forEach((t, own) => {
    const [x, y] = project(v, t.e, t.n, v.tilted ? t.agl_m : 0);
    const name = called(t) + (t.coasting ? `  COAST ${age(t.age_s)}` : "");
    const detail = `${Math.round(t.agl_m)} m ${climb(t.climb_mps)} ${Math.round(t.speed_mps)} m/s`;
    ctx.font = "700 12px system-ui, sans-serif";
    const wide = ctx.measureText(name).width;
    ctx.font = "11px system-ui, sans-serif";
    const w = Math.max(wide, ctx.measureText(detail).width) + 8;
    const h = 30;
    const places: [number, number][] = [
      [18, -h / 2], [-18 - w, -h / 2], [14, -h - 8], [14, 10], [-14 - w, -h - 8], [-14 - w, 10],
      [-w / 2, -h - 16], [-w / 2, 17],
    ];
    const fits = places
      .map(([dx, dy]) => ({ x: x + dx, y: y + dy, w, h }))
      .filter((b) => b.x > 0 && b.y > 0 && b.x + b.w < v.width && b.y + b.h < v.height);
    const free = fits.find((b) => !taken.some((o, i) => i !== own && clash(b, o)));
    const box = free ?? (must(t) ? (fits[0] ?? { x: x + 18, y: y - h / 2, w, h }) : undefined);
    if (!box) return;
    taken.push(box);
    plate(ctx, t, box, name, detail, input);
  });
}

function plate(ctx: Ctx, t: Track, box: Box, name: string, detail: string, input: AirInput): void {
  const colour = input.colours.identity[t.identity];
  if (input.alarmed.has(t.label)) {
    ctx.fillStyle = input.colours.halo;
    ctx.globalAlpha = 0.82;
    ctx.fillRect(box.x, box.y, box.w, box.h);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.fillRect(box.x, box.y, 3, box.h);
  }
  ctx.font = "700 12px system-ui, sans-serif";
  write(ctx, name, box.x + 5, box.y + 8, colour, input.colours.halo);
  ctx.font = "11px system-ui, sans-serif";
  write(ctx, detail, box.x + 5, box.y + 22, input.colours.text, input.colours.halo);
}

function bracket(ctx: Ctx, x: number, y: number, colour: string): void {
  const [r, l] = [20, 7];
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  for (const [sx, sy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]] as const) {
    ctx.moveTo(x + sx * r, y + sy * (r - l));
    ctx.lineTo(x + sx * r, y + sy * r);
    ctx.lineTo(x + sx * (r - l), y + sy * r);
  }
  ctx.stroke();
}

/** Raiders out of sight: an arrow at the edge with the name and the distance. */
function edgeArrows(ctx: Ctx, v: View, tracks: readonly Track[], input: AirInput): void {
  for (const t of tracks) {
    if (!input.alarmed.has(t.label) && t.label !== input.selected) continue;
    const [x, y] = project(v, t.e, t.n, v.tilted ? t.agl_m : 0);
    if (x > 0 && y > 0 && x < v.width && y < v.height) continue;
    const a = Math.atan2(y - v.height / 2, x - v.width / 2);
    const k = Math.min((v.width / 2 - 14) / Math.abs(Math.cos(a)), (v.height / 2 - 14) / Math.abs(Math.sin(a)));
    const [ex, ey] = [v.width / 2 + k * Math.cos(a), v.height / 2 + k * Math.sin(a)];
    ctx.save();
    ctx.translate(ex, ey);
    ctx.rotate(a);
    ctx.fillStyle = input.colours.identity[t.identity];
    ctx.strokeStyle = input.colours.select;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(11, 0);
    ctx.lineTo(-7, -9);
    ctx.lineTo(-7, 9);
    ctx.closePath();
    ctx.fill();
    ctx.stroke();
    ctx.restore();
    ctx.font = "700 12px system-ui, sans-serif";
    const right = ex > v.width / 2;
    write(ctx, `${called(t)} ${distance(Math.hypot(t.e, t.n))}`, ex + (right ? -16 : 16), ey,
      input.colours.identity[t.identity], input.colours.halo, right ? "right" : "left");
  }
}

export function drawAir(ctx: Ctx, v: View, input: AirInput): void {
  ctx.clearRect(0, 0, v.width, v.height);
  ctx.globalAlpha = 1;
  const tracks = drawn(input);
  if (v.tilted) stalks(ctx, v, tracks, input);
  if (input.show.dots) dots(ctx, v, tracks, input);
  if (input.show.ellipses) ellipses(ctx, v, tracks, input);
  leaders(ctx, v, tracks, input);
  for (const t of tracks) {
    const told = t.label === input.selected || input.alarmed.has(t.label);
    if (told && t.closing) toWall(ctx, v, t, input, t.label === input.selected);
  }
  // The most urgent is drawn last, over the others.
  for (let i = tracks.length - 1; i >= 0; i--) {
    const t = tracks[i];
    if (!t) continue;
    const [x, y] = project(v, t.e, t.n, v.tilted ? t.agl_m : 0);
    if (x < -30 || y < -30 || x > v.width + 30 || y > v.height + 30) continue;
    ctx.globalAlpha = t.coasting ? 0.6 : 1;
    if (isGull(t)) gull(ctx, x, y, input.colours.identity[t.identity]);
    else draw(ctx, t.identity, t.cls, x, y, SYMBOL);
    ctx.globalAlpha = 1;
    if (t.label === input.selected) bracket(ctx, x, y, input.colours.select);
  }
  edgeArrows(ctx, v, tracks, input);
  if (input.show.labels) labels(ctx, v, tracks, input);
}

/** The track nearest to a pixel, within the reach of a finger. */
export function pick(v: View, tracks: readonly Track[], x: number, y: number): Track | null {
  let best: Track | null = null;
  let nearest = 22;
  for (const t of tracks) {
    const [tx, ty] = project(v, t.e, t.n, v.tilted ? t.agl_m : 0);
    const d = Math.hypot(tx - x, ty - y);
    if (d < nearest) [best, nearest] = [t, d];
  }
  return best;
}
