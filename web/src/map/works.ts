// What stands on the ground: walls, zones, corridors, range rings, sensors with their sectors.
import type { Palette } from "../colours";
import type { Point, SensorHealth, Site } from "../protocol";
import { distance } from "../words";
import { round125 } from "./ground";
import { project, squash, type View } from "./view";

export interface WorksInput {
  site: Site;
  sensors: readonly SensorHealth[];
  show: { zones: boolean; corridors: boolean; rings: boolean; cover: boolean };
  colours: Palette;
}

type Ctx = CanvasRenderingContext2D;

function trace(ctx: Ctx, v: View, points: readonly Point[], closed: boolean): void {
  ctx.beginPath();
  points.forEach(([e, n], i) => (i ? ctx.lineTo(...project(v, e, n)) : ctx.moveTo(...project(v, e, n))));
  if (closed) ctx.closePath();
}

/** Text with a halo, so that it reads on any ground. */
export function write(
  ctx: Ctx, text: string, x: number, y: number, colour: string, halo: string, align: CanvasTextAlign = "left",
): void {
  const { strokeStyle, lineWidth } = ctx;
  ctx.textAlign = align;
  ctx.textBaseline = "middle";
  ctx.lineWidth = 3;
  ctx.lineJoin = "round";
  ctx.strokeStyle = halo;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
  ctx.strokeStyle = strokeStyle;
  ctx.lineWidth = lineWidth;
}

function rings(ctx: Ctx, v: View, input: WorksInput): void {
  const step = round125(Math.min(v.width, v.height) / v.scale / 4.2);
  const most = Math.hypot(v.width, v.height) / v.scale + Math.hypot(v.e, v.n);
  const [x, y] = project(v, 0, 0);
  ctx.strokeStyle = input.colours.ring;
  ctx.font = "11px system-ui, sans-serif";
  for (let r = step; r <= Math.min(most, step * 12); r += step) {
    ctx.globalAlpha = 0.55;
    ctx.lineWidth = 1;
    ctx.setLineDash([6, 5]);
    ctx.beginPath();
    ctx.ellipse(x, y, r * v.scale, r * v.scale * squash(v), 0, 0, 2 * Math.PI);
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
    // Ten degrees off north, out of the way of what stands at the axis.
    const [lx, ly] = project(v, -r * Math.sin(0.17), r * Math.cos(0.17));
    write(ctx, distance(r).replace(/\.0+ km/, " km"), lx, ly, input.colours.ring, input.colours.halo, "center");
  }
}

function corridors(ctx: Ctx, v: View, input: WorksInput): void {
  ctx.strokeStyle = input.colours.corridor;
  ctx.font = "11px system-ui, sans-serif";
  for (const c of input.site.corridors) {
    ctx.setLineDash([10, 6]);
    ctx.lineWidth = 1;
    ctx.globalAlpha = 0.6;
    for (const side of [-1, 1]) {
      const edge: Point[] = c.path.map(([e, n], i) => {
        const [ea, na] = c.path[Math.max(0, i - 1)] ?? [e, n];
        const [eb, nb] = c.path[Math.min(c.path.length - 1, i + 1)] ?? [e, n];
        const length = Math.hypot(eb - ea, nb - na) || 1;
        const off = (side * c.half_width_m) / length;
        return [e + (nb - na) * off, n - (eb - ea) * off];
      });
      trace(ctx, v, edge, false);
      ctx.stroke();
    }
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    const [from, to] = [c.path[0], c.path[1]];
    if (from && to) {
      const [x, y] = project(v, from[0] + (to[0] - from[0]) * 0.14, from[1] + (to[1] - from[1]) * 0.14);
      write(ctx, c.name, x, y, input.colours.corridor, input.colours.halo, "center");
    }
  }
}

function zones(ctx: Ctx, v: View, input: WorksInput): void {
  const { site, colours } = input;
  const people = new Set(site.people.map((p) => p.name));
  const drawn = [...site.zones, ...site.people.filter((p) => !site.zones.some((z) => z.name === p.name))];
  ctx.font = "11px system-ui, sans-serif";
  for (const zone of drawn) {
    const colour = people.has(zone.name) ? colours.people : colours.zone;
    trace(ctx, v, zone.polygon, true);
    ctx.globalAlpha = 0.14;
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.globalAlpha = 0.9;
    ctx.lineWidth = 1.2;
    ctx.strokeStyle = colour;
    ctx.setLineDash(people.has(zone.name) ? [] : [3, 3]);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    const xs = zone.polygon.map(([e, n]) => project(v, e, n));
    const x0 = Math.min(...xs.map((p) => p[0]));
    const x1 = Math.max(...xs.map((p) => p[0]));
    const name = people.has(zone.name) ? `⌂ ${zone.name}` : zone.name;
    if (ctx.measureText(name).width < (x1 - x0) * 3)
      write(ctx, name, (x0 + x1) / 2, Math.min(...xs.map((p) => p[1])) - 8, colour, colours.halo, "center");
  }
}

function wall(ctx: Ctx, v: View, input: WorksInput): void {
  const { site, colours } = input;
  trace(ctx, v, site.wall.polygon, true);
  ctx.lineJoin = "round";
  ctx.strokeStyle = colours.halo;
  ctx.lineWidth = 5;
  ctx.stroke();
  ctx.strokeStyle = colours.wall;
  ctx.lineWidth = 2.2;
  ctx.stroke();
  const corners = site.wall.polygon.map(([e, n]) => project(v, e, n));
  const lowest = corners.reduce((a, b) => (b[1] > a[1] ? b : a), [0, -Infinity]);
  const [, y] = lowest;
  const xs = corners.map((c) => c[0]);
  ctx.font = "600 11px system-ui, sans-serif";
  write(ctx, site.wall.name.toUpperCase(), (Math.min(...xs) + Math.max(...xs)) / 2, y + 11, colours.wall, colours.halo, "center");
}

function sensors(ctx: Ctx, v: View, input: WorksInput): void {
  const { site, colours, show } = input;
  const health = new Map(input.sensors.map((s) => [s.row, s.health]));
  const places: { x: number; y: number; codes: [string, string][] }[] = [];
  ctx.font = "600 11px system-ui, sans-serif";
  for (const s of site.sensors) {
    const state = health.get(s.row) ?? "lost";
    const well = state === "fresh" || state === "quiet";
    const colour = well ? colours.sensor : colours.lost;
    const [x, y] = project(v, s.e, s.n);
    const reach = s.max_range_m * v.scale;
    if (show.cover && reach < 2.5 * v.width && s.max_range_m < site.world_m) {
      ctx.globalAlpha = well ? 0.25 : 0.8;
      ctx.strokeStyle = colour;
      ctx.lineWidth = 1;
      ctx.setLineDash(well ? [] : [2, 4]);
      ctx.beginPath();
      if (s.azimuth_deg) {
        const [from, to] = s.azimuth_deg.map((a) => ((a - 90) * Math.PI) / 180) as Point;
        const end = to <= from ? to + 2 * Math.PI : to;
        ctx.moveTo(x, y);
        ctx.ellipse(x, y, reach, reach * squash(v), 0, from, end);
        ctx.closePath();
      } else ctx.ellipse(x, y, reach, reach * squash(v), 0, 0, 2 * Math.PI);
      ctx.stroke();
      ctx.setLineDash([]);
      ctx.globalAlpha = 1;
    }
    ctx.fillStyle = colours.halo;
    ctx.fillRect(x - 6, y - 6, 12, 12);
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.6;
    ctx.strokeRect(x - 4.5, y - 4.5, 9, 9);
    if (state === "lost") {
      ctx.beginPath();
      ctx.moveTo(x - 4, y - 4);
      ctx.lineTo(x + 4, y + 4);
      ctx.moveTo(x + 4, y - 4);
      ctx.lineTo(x - 4, y + 4);
      ctx.stroke();
    }
    const place = places.find((p) => Math.hypot(p.x - x, p.y - y) < 14);
    if (place) place.codes.push([sensorCode(s), colour]);
    else places.push({ x, y, codes: [[sensorCode(s), colour]] });
  }
  // Sensors on one mast share one line.
  for (const place of places) {
    let x = place.x + 10;
    for (const [code, colour] of place.codes) {
      write(ctx, code, x, place.y, colour, colours.halo);
      x += ctx.measureText(code).width + 5;
    }
  }
}

const LETTERS: Record<string, string> = {
  radar: "R", camera: "C", acoustic: "A", direction_finder: "F", adsb: "B", remote_id: "I",
};

/** R1, A3, ...: the kind's letter and the row counted from one. */
export function sensorCode(s: { kind: string; row: number }): string {
  return `${LETTERS[s.kind.toLowerCase().replace(/[ -]/g, "_")] ?? "S"}${s.row + 1}`;
}

export function drawWorks(ctx: Ctx, v: View, input: WorksInput): void {
  if (input.show.rings) rings(ctx, v, input);
  if (input.show.corridors) corridors(ctx, v, input);
  if (input.show.zones) zones(ctx, v, input);
  wall(ctx, v, input);
  sensors(ctx, v, input);
}
