// The ground: hill shade or plain grid, sensor cover at a height, blind volumes.
import type { Palette } from "../colours";
import type { BaseMap, Cover, Grid, Terrain } from "../protocol";
import { drawBase } from "./base";
import { project, squash, unproject, type View } from "./view";

export const BLIND_PD = 0.1;
export const SEEN_PD = 0.5;

function image(grid: Grid, paint: (i: number, c: number, r: number, out: Uint8ClampedArray) => void): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = grid.cols;
  canvas.height = grid.rows;
  const ctx = canvas.getContext("2d");
  if (!ctx) return canvas;
  const data = ctx.createImageData(grid.cols, grid.rows);
  for (let r = 0; r < grid.rows; r++)
    for (let c = 0; c < grid.cols; c++)
      // Row 0 of a grid is the southernmost; row 0 of a picture is the top.
      paint(((grid.rows - 1 - r) * grid.cols + c) * 4, c, r, data.data);
  ctx.putImageData(data, 0, 0);
  return canvas;
}

/** Lambert shade with the light from the north-west, 45 degrees up (the cartographers' habit). */
export function shade(t: Terrain, day: boolean): HTMLCanvasElement {
  const at = (c: number, r: number): number =>
    t.up_m[Math.min(t.rows - 1, Math.max(0, r)) * t.cols + Math.min(t.cols - 1, Math.max(0, c))] ?? 0;
  return image(t, (i, c, r, out) => {
    const de = (at(c + 1, r) - at(c - 1, r)) / (2 * t.cell_m);
    const dn = (at(c, r + 1) - at(c, r - 1)) / (2 * t.cell_m);
    const steep = 7; // relief exaggerated, to be seen under the tints
    const light = (steep * de - steep * dn + Math.SQRT2) / (2 * Math.hypot(steep * de, steep * dn, 1));
    const k = Math.min(1, Math.max(0, light));
    const [lo, hi] = day ? [190, 245] : [22, 66];
    out[i] = (lo + (hi - lo) * k) * (day ? 0.97 : 0.8);
    out[i + 1] = lo + (hi - lo) * k;
    out[i + 2] = (lo + (hi - lo) * k) * (day ? 0.96 : 1.08);
    out[i + 3] = 255;
  });
}

export function tint(cover: Cover, colours: Palette): HTMLCanvasElement {
  const [red, green, blue] = colours.cover;
  return image(cover, (i, c, r, out) => {
    const pd = cover.pd[r * cover.cols + c] ?? 0;
    out[i] = red;
    out[i + 1] = green;
    out[i + 2] = blue;
    out[i + 3] = pd < BLIND_PD ? 0 : 6 + 26 * pd;
  });
}

/** Runs of blind cells along each row, as rectangles in metres: e, n, width; height is one cell. */
export function blindRuns(cover: Cover): [number, number, number][] {
  const runs: [number, number, number][] = [];
  for (let r = 0; r < cover.rows; r++) {
    let from = -1;
    for (let c = 0; c <= cover.cols; c++) {
      const blind = c < cover.cols && (cover.pd[r * cover.cols + c] ?? 0) < BLIND_PD;
      if (blind && from < 0) from = c;
      if (!blind && from >= 0) {
        runs.push([cover.e0 + from * cover.cell_m, cover.n0 + r * cover.cell_m, (c - from) * cover.cell_m]);
        from = -1;
      }
    }
  }
  return runs;
}

/** Marching squares (linear) at one probability: segments e1, n1, e2, n2 in metres between cell centres. */
export function contour(cover: Cover, level: number): [number, number, number, number][] {
  const out: [number, number, number, number][] = [];
  const { cols, rows, cell_m, e0, n0, pd } = cover;
  for (let r = 0; r + 1 < rows; r++)
    for (let c = 0; c + 1 < cols; c++) {
      const i = r * cols + c;
      const v = [pd[i] ?? 0, pd[i + 1] ?? 0, pd[i + cols + 1] ?? 0, pd[i + cols] ?? 0];
      const cuts: number[] = [];
      for (let k = 0; k < 4; k++) {
        const [a, b] = [v[k] ?? 0, v[(k + 1) % 4] ?? 0];
        if (a < level === b < level) continue;
        const f = (level - a) / (b - a);
        const [x, y] = ([[f, 0], [1, f], [1 - f, 1], [0, 1 - f]] as const)[k as 0];
        cuts.push(e0 + (c + 0.5 + x) * cell_m, n0 + (r + 0.5 + y) * cell_m);
      }
      for (let k = 0; k + 3 < cuts.length; k += 4)
        out.push([cuts[k] ?? 0, cuts[k + 1] ?? 0, cuts[k + 2] ?? 0, cuts[k + 3] ?? 0]);
    }
  return out;
}

function place(ctx: CanvasRenderingContext2D, v: View, grid: Grid, picture: HTMLCanvasElement): void {
  const [x, y] = project(v, grid.e0, grid.n0 + grid.rows * grid.cell_m);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(
    picture, x, y, grid.cols * grid.cell_m * v.scale, grid.rows * grid.cell_m * v.scale * squash(v),
  );
}

/** Round lengths for grids, rings and the scale bar: 1, 2, 5 times a power of ten. */
export function round125(m: number): number {
  if (!(m > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(m));
  const lead = m / power;
  return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}

function grid(ctx: CanvasRenderingContext2D, v: View, colours: Palette): void {
  const step = round125(110 / v.scale);
  const [e0, n1] = unproject(v, 0, 0);
  const [e1, n0] = unproject(v, v.width, v.height);
  ctx.strokeStyle = colours.grid;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let e = Math.ceil(e0 / step) * step; e <= e1; e += step) {
    const [x] = project(v, e, 0);
    ctx.moveTo(Math.round(x) + 0.5, 0);
    ctx.lineTo(Math.round(x) + 0.5, v.height);
  }
  for (let n = Math.ceil(n0 / step) * step; n <= n1; n += step) {
    const [, y] = project(v, 0, n);
    ctx.moveTo(0, Math.round(y) + 0.5);
    ctx.lineTo(v.width, Math.round(y) + 0.5);
  }
  ctx.stroke();
}

export interface GroundInput {
  terrain: Terrain | null;
  base: BaseMap | null;
  cover: Cover | undefined;
  show: { shade: boolean; base: boolean; cover: boolean; blind: boolean };
  colours: Palette;
  day: boolean;
}

const shades = new Map<boolean, HTMLCanvasElement>();
const tints = new WeakMap<Cover, Map<string, HTMLCanvasElement>>();
const runsOf = new WeakMap<Cover, [number, number, number][]>();
const edgesOf = new WeakMap<Cover, [number, number, number, number][]>();

function once<K extends object, V>(kept: WeakMap<K, V>, key: K, make: () => V): V {
  let found = kept.get(key);
  if (found === undefined) kept.set(key, (found = make()));
  return found;
}

let hatch: { colour: string; pattern: CanvasPattern | null } | null = null;
function hatched(ctx: CanvasRenderingContext2D, colour: string): CanvasPattern | null {
  if (hatch?.colour === colour) return hatch.pattern;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8 * devicePixelRatio;
  const t = tile.getContext("2d");
  if (t) {
    t.scale(devicePixelRatio, devicePixelRatio);
    t.strokeStyle = colour;
    t.globalAlpha = 0.42;
    t.beginPath();
    for (const k of [-8, 0, 8]) {
      t.moveTo(k - 1, 9);
      t.lineTo(k + 9, -1);
    }
    t.stroke();
  }
  hatch = { colour, pattern: ctx.createPattern(tile, "repeat") };
  return hatch.pattern;
}

export function drawGround(ctx: CanvasRenderingContext2D, v: View, input: GroundInput): void {
  const { terrain, base, cover, show, colours, day } = input;
  ctx.fillStyle = colours.ground;
  ctx.fillRect(0, 0, v.width, v.height);
  if (terrain && show.shade) {
    let picture = shades.get(day);
    if (!picture) shades.set(day, (picture = shade(terrain, day)));
    place(ctx, v, terrain, picture);
  }
  if (base && show.base) drawBase(ctx, v, base, colours, day);
  grid(ctx, v, colours);
  if (!cover) return;
  if (show.cover) {
    const byTheme = once(tints, cover, () => new Map<string, HTMLCanvasElement>());
    let picture = byTheme.get(colours.ground);
    if (!picture) byTheme.set(colours.ground, (picture = tint(cover, colours)));
    place(ctx, v, cover, picture);
    ctx.strokeStyle = colours.edge;
    ctx.globalAlpha = 0.75;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (const [ea, na, eb, nb] of once(edgesOf, cover, () => contour(cover, SEEN_PD))) {
      ctx.moveTo(...project(v, ea, na));
      ctx.lineTo(...project(v, eb, nb));
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
  if (show.blind) {
    const pattern = hatched(ctx, colours.hatch);
    if (!pattern) return;
    ctx.fillStyle = pattern;
    ctx.beginPath();
    for (const [e, n, width] of once(runsOf, cover, () => blindRuns(cover))) {
      const [x, y] = project(v, e, n + cover.cell_m);
      const x2 = x + width * v.scale;
      const y2 = y + cover.cell_m * v.scale * squash(v);
      if (x2 > 0 && y2 > 0 && x < v.width && y < v.height) ctx.rect(x, y, x2 - x, y2 - y);
    }
    ctx.fill();
  }
}
