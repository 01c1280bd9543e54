// The timeline: posture, events and numbers of tracks, with a scrubber over the journal.
import { useEffect, useRef } from "preact/hooks";
import { palette } from "./colours";
import { goLive, playAt, seek, step } from "./replay";
import * as state from "./state";
import { clock, hhmm, IDENTITIES } from "./words";
import { write } from "./map/works";
import { SPAN_NS } from "./wire";

const LEFT = 62;
const RIGHT = 10;
const LEVEL_COLOURS = { WHITE: "#9fb3c2", YELLOW: "#d9aa2f", RED: "#e5484d" } as const;
const EVENT_SHAPES: Record<string, string> = {
  alarm: "▲", alarm_update: "△", all_clear: "✓", posture: "⚑", sensor: "✕", interrogation: "?",
  dismissal: "–", dismissal_ended: "+", attention: "◆", act: "●",
};
const TOLD = new Set(Object.keys(EVENT_SHAPES));

function span(): [number, number] {
  const now = state.now_ns.value;
  return [now - SPAN_NS, now];
}

function paint(ctx: CanvasRenderingContext2D, width: number, height: number): void {
  const colours = palette(state.theme.value);
  const [from, to] = span();
  const offset = state.site.value?.utc_offset_s ?? 0;
  const x = (t_ns: number): number => LEFT + ((t_ns - from) / (to - from)) * (width - LEFT - RIGHT);
  ctx.clearRect(0, 0, width, height);
  ctx.font = "11px system-ui, sans-serif";
  for (const [word, y] of [["Posture", 13], ["Events", 34], ["Tracks", 60]] as const)
    write(ctx, word, LEFT - 8, y, colours.dim, colours.halo, "right");
  ctx.strokeStyle = colours.grid;
  const minute = 60e9;
  for (let t = Math.ceil(from / (5 * minute)) * 5 * minute; t < to; t += 5 * minute) {
    ctx.beginPath();
    ctx.moveTo(x(t), 4);
    ctx.lineTo(x(t), height - 18);
    ctx.stroke();
    write(ctx, hhmm(t, offset), x(t), height - 9, colours.dim, colours.halo, "center");
  }
  const line = state.timeline.value;
  if (line) {
    postures(ctx, line.posture, x, to);
    counts(ctx, line.counts, x, to);
    ctx.font = "12px system-ui, sans-serif";
    for (const event of line.events) {
      if (!TOLD.has(event.kind) || event.t_ns < from) continue;
      const red = event.kind === "alarm";
      write(ctx, EVENT_SHAPES[event.kind] ?? "·", x(event.t_ns), 34,
        red ? colours.identity.hostile : event.kind === "all_clear" ? colours.identity.neutral : colours.text,
        colours.halo, "center");
    }
  }
  const head = state.playhead_ns.value;
  const at = x(head ?? to);
  ctx.fillStyle = head === null ? colours.text : "#c79bff";
  ctx.fillRect(at - 1, 2, 2, height - 20);
  ctx.beginPath();
  ctx.moveTo(at - 6, 0);
  ctx.lineTo(at + 6, 0);
  ctx.lineTo(at, 9);
  ctx.fill();
}

function postures(
  ctx: CanvasRenderingContext2D, changes: [number, keyof typeof LEVEL_COLOURS][], x: (t: number) => number, to: number,
): void {
  changes.forEach(([t, level], i) => {
    const a = Math.max(LEFT, x(t));
    const b = x(changes[i + 1]?.[0] ?? to);
    if (b <= LEFT) return;
    ctx.fillStyle = LEVEL_COLOURS[level];
    // Height as well as colour says the level.
    const tall = level === "RED" ? 14 : level === "YELLOW" ? 10 : 6;
    ctx.fillRect(a, 20 - tall, b - a, tall);
    if (b - a < 60) return;
    ctx.font = "700 9px system-ui, sans-serif";
    ctx.fillStyle = "#10171d";
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    if (tall > 8) ctx.fillText(level, a + 5, 20 - tall / 2 + 0.5);
  });
}

function counts(
  ctx: CanvasRenderingContext2D, rows: [number, Partial<Record<string, number>>][], x: (t: number) => number, to: number,
): void {
  const colours = palette(state.theme.value);
  const totals = rows.map(([, c]) => IDENTITIES.reduce((sum, i) => sum + (c[i] ?? 0), 0));
  const most = Math.max(8, ...totals);
  rows.forEach(([t, by], i) => {
    const a = x(t);
    if (a < LEFT) return;
    const w = Math.max(1.5, Math.min(x(rows[i + 1]?.[0] ?? to) - a - 0.5, 14));
    let y = 80;
    // The worst on top of the bar, where the eye looks.
    for (const identity of ["neutral", "friend", "assumed friend", "pending", "unknown", "suspect", "hostile"] as const) {
      const tall = ((by[identity] ?? 0) / most) * 34;
      if (!tall) continue;
      ctx.fillStyle = colours.identity[identity];
      ctx.fillRect(a, y - tall, w, tall);
      y -= tall;
    }
  });
}

export function Timeline() {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    const [w, h] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== w * devicePixelRatio) canvas.width = w * devicePixelRatio;
    if (canvas.height !== h * devicePixelRatio) canvas.height = h * devicePixelRatio;
    const ctx = canvas.getContext("2d");
    ctx?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    if (ctx) paint(ctx, w, h);
  });
  // Once a second is enough; the playhead's own moves show at once.
  const second = Math.floor(state.now_ns.value / 1e9);
  const head = state.playhead_ns.value;
  const offset = state.site.value?.utc_offset_s ?? 0;
  const scrub = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientX - box.left - LEFT) / (box.width - LEFT - RIGHT);
    const [from, to] = span();
    seek(from + Math.min(1, Math.max(0, share)) * (to - from));
  };
  const now_s = Math.round(state.now_ns.value / 1e9);
  const head_s = Math.round((head ?? state.now_ns.value) / 1e9);
  return (
    <div
      class="timeline" data-second={second} role="slider" tabIndex={0} aria-label="Playhead"
      aria-valuemin={now_s - 1800} aria-valuemax={now_s} aria-valuenow={head_s}
      aria-valuetext={head === null ? "live" : `${clock(head, offset)} local`}
      onPointerDown={scrub} onPointerMove={scrub}
    >
      <canvas ref={ref} aria-hidden="true" />
    </div>
  );
}

export function Controls() {
  const head = state.playhead_ns.value;
  const replaying = head !== null;
  const offset = state.site.value?.utc_offset_s ?? 0;
  const toggle = (): void => {
    if (replaying) state.playing.value = !state.playing.value;
    else {
      step(-10);
      state.playing.value = false;
    }
  };
  const still = replaying && !state.playing.value;
  return (
    <section class="controls" aria-label="Replay" data-pane>
      <div class="row">
        <button type="button" onClick={toggle} aria-label={still ? "Play" : "Pause"}>{still ? "▶" : "❚❚"}</button>
        <button type="button" onClick={() => step(-10)}>−10 s</button>
        <button type="button" onClick={() => step(10)} disabled={!replaying}>+10 s</button>
      </div>
      <div class="row">
        {([1, 4, 16] as const).map((r) => (
          <button
            key={r} type="button" disabled={!replaying} aria-pressed={replaying && state.rate.value === r}
            onClick={() => playAt(r)}
          >{r}×</button>
        ))}
        <button type="button" class="live" aria-pressed={!replaying} onClick={goLive}>LIVE</button>
      </div>
      <p class="moment">
        <b>{clock(head ?? state.now_ns.value, offset)}</b> <span>{replaying ? "replay, local" : "local"}</span>
      </p>
    </section>
  );
}
