// The base map under the picture: the coarse lines that are shipped, or the site's own tiles.
import { signal } from "@preact/signals";
import type { BasePalette, Palette } from "../colours";
import type { BaseMap, Shapes } from "../protocol";
import { project, squash, unproject, type View } from "./view";
import { write } from "./works";

/** Grows when a tile has come: the ground is drawn again. */
export const arrived = signal(0);

interface Drawn {
  areas: [keyof BasePalette, Path2D][];
  lines: [keyof BasePalette, Path2D][];
  names: [number, number, string][];
}
/** null: asked for, or nothing is there. */
type Held = ImageBitmap | Drawn | null;
const held = new Map<string, Held>();
const waiting: [string, string][] = [];
let under_way = 0;
const MOST_HELD = 500;
const AT_ONCE = 4;
const MOST_SHOWN = 96;
const AREAS = ["land", "apron", "water", "building"] as const;
const LINES = ["river", "rail", "runway", "road", "highway", "border"] as const;
/** Widths in pixels; an area has none. */
const WIDTHS: Record<string, number> = { river: 1.4, lake: 1.2, coast: 1.6, rail: 1, runway: 5, road: 0.9, highway: 2.2, border: 1.4 };

function path(pieces: readonly number[][], close: boolean): Path2D {
  const out = new Path2D();
  for (const p of pieces) {
    for (let k = 0; k + 1 < p.length; k += 2) k ? out.lineTo(p[k]!, p[k + 1]!) : out.moveTo(p[k]!, p[k + 1]!);
    if (close) out.closePath();
  }
  return out;
}

function prepared(shapes: Shapes): Drawn {
  const { areas, lines } = shapes;
  return {
    areas: AREAS.filter((k) => areas[k]).map((k) => [k, path(areas[k]!.flat(), true)]),
    lines: LINES.filter((k) => lines[k]).map((k) => [k, path(lines[k]!, false)]),
    names: shapes.names,
  };
}

async function fetched(address: string): Promise<Held> {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (answer.status !== 200) return null;
  if (answer.headers.get("content-type")?.startsWith("image/")) return createImageBitmap(await answer.blob());
  return prepared((await answer.json()) as Shapes);
}

function next(): void {
  while (under_way < AT_ONCE && waiting.length) {
    // The latest asked for is what is looked at now.
    const [key, address] = waiting.pop()!;
    under_way++;
    fetched(address)
      .then((tile) => held.set(key, tile), () => held.delete(key))
      .finally(() => {
        under_way--;
        arrived.value++;
        next();
      });
  }
}

function wanted(key: string, address: string): void {
  if (held.has(key)) return;
  if (held.size > MOST_HELD) for (const old of [...held.keys()].slice(0, 100)) held.delete(old);
  held.set(key, null);
  waiting.push([key, address]);
  if (waiting.length > MOST_SHOWN) for (const [old] of waiting.splice(0, waiting.length - MOST_SHOWN)) held.delete(old);
}

/** Columns and rows of a level that the view shows, one more on each side. */
function span(v: View, side_m: number): [number, number, number, number] {
  const [e0, n1] = unproject(v, 0, 0);
  const [e1, n0] = unproject(v, v.width, v.height);
  const at = (m: number): number => Math.floor(m / side_m);
  return [at(e0) - 1, at(e1) + 1, at(n0) - 1, at(n1) + 1];
}

function own(ctx: CanvasRenderingContext2D, v: View, map: BaseMap, colours: Palette, day: boolean): void {
  if (!map.own) return;
  const { finest, coarsest } = map.own;
  const fit = (level: number): number => Math.min(coarsest, Math.max(finest, level));
  let level = fit(Math.round(Math.log2(1 / (v.scale * devicePixelRatio))));
  const count = (k: number): number => {
    const [c0, c1, r0, r1] = span(v, map.pixels * 2 ** k);
    return (c1 - c0 + 1) * (r1 - r0 + 1);
  };
  while (level < coarsest && count(level) > MOST_SHOWN) level++;
  ctx.save();
  // A photograph is brighter than the tracks on it.
  if (map.own.kind === "raster") ctx.globalAlpha = day ? 0.75 : 0.55;
  for (let k = map.own.kind === "raster" ? fit(level + 2) : level; k >= level; k--) {
    const side = map.pixels * 2 ** k;
    const [c0, c1, r0, r1] = span(v, side);
    for (let c = c0; c <= c1; c++)
      for (let r = r0; r <= r1; r++) {
        const key = `${k}/${c}/${r}`;
        if (k === level) wanted(key, `/api/basemap/${key}`);
        const tile = held.get(key);
        if (!tile) continue;
        const [x, y] = project(v, c * side, (r + 1) * side);
        const [wide, high] = [side * v.scale, side * v.scale * squash(v)];
        if (tile instanceof ImageBitmap) ctx.drawImage(tile, x, y, wide, high);
        else drawn(ctx, v, tile, x, y + high, colours);
      }
  }
  ctx.restore();
  next();
}

function drawn(ctx: CanvasRenderingContext2D, v: View, tile: Drawn, x: number, y: number, colours: Palette): void {
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(v.scale, -v.scale * squash(v));
  ctx.lineJoin = "round";
  for (const [kind, shape] of tile.areas) {
    ctx.fillStyle = colours.base[kind];
    ctx.fill(shape, "evenodd");
  }
  for (const [kind, shape] of tile.lines) {
    ctx.strokeStyle = colours.base[kind];
    ctx.lineWidth = (WIDTHS[kind] ?? 1) / v.scale;
    ctx.stroke(shape);
  }
  ctx.restore();
  ctx.font = "11px system-ui, sans-serif";
  for (const [e, n, word] of tile.names) {
    const [px, py] = [x + e * v.scale, y - n * v.scale * squash(v)];
    if (px > 0 && py > 0 && px < v.width && py < v.height) write(ctx, word, px, py, colours.dim, colours.halo, "center");
  }
}

const coarse = new WeakMap<BaseMap, [keyof BasePalette, Path2D][]>();

export function drawBase(ctx: CanvasRenderingContext2D, v: View, map: BaseMap, colours: Palette, day: boolean): void {
  if (map.own) return own(ctx, v, map, colours, day);
  let lines = coarse.get(map);
  if (!lines) {
    lines = (["coast", "lake", "river"] as const).map((k) => [k, path(map.coarse.lines[k] ?? [], false)]);
    coarse.set(map, lines);
  }
  ctx.save();
  ctx.translate(...project(v, 0, 0));
  ctx.scale(v.scale, -v.scale * squash(v));
  ctx.lineJoin = "round";
  for (const [kind, shape] of lines) {
    ctx.strokeStyle = colours.base[kind];
    ctx.lineWidth = (2 * (WIDTHS[kind] ?? 1)) / v.scale;
    ctx.stroke(shape);
  }
  ctx.restore();
}
