// The map: four canvases, each redrawn only when what it shows has changed.
import { useEffect, useRef } from "preact/hooks";
import { effect, signal } from "@preact/signals";
import { palette } from "../colours";
import * as state from "../state";
import { loaded } from "../symbols";
import { census } from "../words";
import { drawAir, pick } from "./air";
import { arrived } from "./base";
import { drawGround } from "./ground";
import { drawOver } from "./over";
import { centre, fit, pan, reveal, view, zoom } from "./view";
import { drawWorks } from "./works";

/** What the browser measured of the last pictures, for tests and benchmarks. */
export interface Frame {
  t_ns: number;
  sent_ns: number;
  received_ms: number;
  drawn_ms: number;
  draw_ms: number;
  tracks: number;
}
const frames: Frame[] = [];
declare global {
  var bartizan: { frames: Frame[]; timeOrigin_ms: number };
}
globalThis.bartizan = { frames, timeOrigin_ms: performance.timeOrigin };
const MOST_FRAMES = 2000;

const cursor = signal<[number, number] | null>(null);
const NAMES = ["ground", "works", "air", "over"] as const;
type Name = (typeof NAMES)[number];

function sized(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const [w, h] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const ctx = canvas.getContext("2d");
  ctx?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  return ctx;
}

const alarmed = (): Set<number> => new Set((state.live.value?.alarms ?? []).flatMap((a) => a.labels));

function paintGround(ctx: CanvasRenderingContext2D): void {
  const cover = state.covers.value.get(state.coverHeight_m.value);
  const day = state.theme.value === "day";
  drawGround(ctx, view.value, {
    terrain: state.terrain.value, base: state.basemap.value, cover, show: state.layers.value, colours: palette(state.theme.value), day,
  });
}

function paintWorks(ctx: CanvasRenderingContext2D): void {
  const site = state.site.value;
  const v = view.value;
  ctx.clearRect(0, 0, v.width, v.height);
  if (!site) return;
  drawWorks(ctx, v, {
    site, sensors: state.shown.value?.sensors ?? [], show: state.layers.value, colours: palette(state.theme.value),
  });
}

function paintAir(ctx: CanvasRenderingContext2D): void {
  drawAir(ctx, view.value, {
    ranked: state.ranked.value, selected: state.selected.value, alarmed: alarmed(),
    show: state.layers.value, colours: palette(state.theme.value), grey: state.old.value,
  });
}

function paintOver(ctx: CanvasRenderingContext2D): void {
  const site = state.site.value;
  if (!site) return;
  const mark = state.exercise.value ? "EXERCISE" : site.mode === "RECORDING" ? "RECORDING" : "";
  drawOver(ctx, view.value, {
    site, mark, colours: palette(state.theme.value), cursor: cursor.value, terrain: state.terrain.value,
  });
}

/** Redraw when read signals change, at most once a frame for each canvas. */
function keepDrawn(canvases: Record<Name, HTMLCanvasElement>): () => void {
  const dirty = new Set<Name>();
  let due = 0;
  let lastWorks = "";
  const paint: Record<Name, (ctx: CanvasRenderingContext2D) => void> = {
    ground: paintGround, works: paintWorks, air: paintAir, over: paintOver,
  };
  const run = (): void => {
    due = 0;
    const begun = performance.now();
    const { width, height } = view.peek();
    for (const name of NAMES) {
      if (!dirty.has(name)) continue;
      const ctx = sized(canvases[name], width, height);
      if (ctx) paint[name](ctx);
    }
    const picture = state.live.peek();
    if (dirty.has("air") && picture && frames.at(-1)?.t_ns !== picture.t_ns) {
      const drawn_ms = performance.now();
      frames.push({
        t_ns: picture.t_ns, sent_ns: picture.sent_ns, received_ms: state.received_ms.peek(),
        drawn_ms, draw_ms: drawn_ms - begun, tracks: picture.tracks.length,
      });
      if (frames.length > MOST_FRAMES) frames.splice(0, frames.length - MOST_FRAMES);
    }
    dirty.clear();
  };
  const mark = (name: Name): void => {
    dirty.add(name);
    due ||= requestAnimationFrame(run);
  };
  const stops = [
    effect(() => {
      void [state.basemap.value, arrived.value];
      void [view.value, state.terrain.value, state.covers.value, state.coverHeight_m.value];
      void [state.layers.value, state.theme.value];
      mark("ground");
    }),
    effect(() => {
      const health = (state.shown.value?.sensors ?? []).map((s) => s.health).join();
      const v = view.value;
      const key = JSON.stringify([v, health, state.layers.value, state.theme.value, state.site.value?.name]);
      if (key !== lastWorks) mark("works");
      lastWorks = key;
    }),
    effect(() => {
      void [view.value, state.ranked.value, state.selected.value, state.layers.value, state.theme.value];
      mark("air");
    }),
    effect(() => {
      void [view.value, cursor.value, state.theme.value, state.exercise.value, state.site.value];
      mark("over");
    }),
    effect(() => {
      // A track that is chosen by key may be out of sight.
      if (state.selected.value === null) return;
      const track = state.chosen.peek();
      if (track) reveal(track.e, track.n, track.agl_m);
    }),
    effect(() => {
      const track = state.following.value ? state.chosen.value : null;
      if (track && (Math.abs(view.peek().e - track.e) > 1 || Math.abs(view.peek().n - track.n) > 1))
        centre(track.e, track.n);
    }),
  ];
  void loaded.then(() => mark("air"));
  return () => {
    cancelAnimationFrame(due);
    for (const stop of stops) stop();
  };
}

function useDrawing(box: { current: HTMLDivElement | null }): void {
  useEffect(() => {
    const div = box.current;
    if (!div) return undefined;
    const found = Object.fromEntries(NAMES.map((n) => [n, div.querySelector(`canvas.${n}`)]));
    let fitted = false;
    const watch = new ResizeObserver(() => {
      if (!div.clientWidth || !div.clientHeight) return; // taken off the page
      view.value = { ...view.value, width: div.clientWidth, height: div.clientHeight };
      const site = state.site.value;
      if (site && !fitted) {
        fit(site, []);
        fitted = true;
      }
    });
    watch.observe(div);
    const stop = keepDrawn(found as Record<Name, HTMLCanvasElement>);
    return () => {
      watch.disconnect();
      stop();
    };
  }, []);
}

function usePointer(box: { current: HTMLDivElement | null }): void {
  useEffect(() => {
    const div = box.current;
    if (!div) return undefined;
    let from: [number, number] | null = null;
    let moved = false;
    const at = (event: MouseEvent): [number, number] => {
      const r = div.getBoundingClientRect();
      return [event.clientX - r.left, event.clientY - r.top];
    };
    const down = (event: PointerEvent): void => {
      if (event.button !== 0 || (event.target as Element).closest("button")) return;
      from = at(event);
      moved = false;
      div.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent): void => {
      const [x, y] = at(event);
      cursor.value = [x, y];
      if (!from) return;
      if (!moved && Math.hypot(x - from[0], y - from[1]) < 4) return;
      moved = true;
      state.following.value = false;
      pan(x - from[0], y - from[1]);
      from = [x, y];
    };
    const up = (event: PointerEvent): void => {
      if (from && !moved) {
        const [x, y] = at(event);
        const found = pick(view.value, state.ranked.value, x, y);
        state.selected.value = found?.label ?? null;
        if (!found) state.following.value = false;
      }
      from = null;
    };
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * 0.0015), ...at(event));
    };
    const leave = (): void => void (cursor.value = null);
    div.addEventListener("pointerdown", down);
    div.addEventListener("pointermove", move);
    div.addEventListener("pointerup", up);
    div.addEventListener("pointerleave", leave);
    div.addEventListener("wheel", wheel, { passive: false });
    return () => {
      div.removeEventListener("pointerdown", down);
      div.removeEventListener("pointermove", move);
      div.removeEventListener("pointerup", up);
      div.removeEventListener("pointerleave", leave);
      div.removeEventListener("wheel", wheel);
    };
  }, []);
}

/** Whose map lies under the picture. */
function Credit() {
  const map = state.basemap.value;
  const words = map && (map.own ? map.own.credit : map.coarse.credit).replace(/<[^>]*>/g, "");
  return words ? <p class="credit">Base map: {words}</p> : null;
}

export function AirMap() {
  const box = useRef<HTMLDivElement>(null);
  useDrawing(box);
  usePointer(box);
  const tracks = state.shown.value?.tracks ?? [];
  const grey = !state.replaying.value && state.old.value;
  return (
    <section id="map" class={`map${grey ? " old" : ""}`} aria-label="Air picture" data-pane>
      <div
        ref={box} id="picture" class="layers" tabIndex={0} role="application"
        aria-label="Map. Tab: next track by priority. Arrow keys: ten seconds back or on. Question mark: all keys."
        aria-describedby="census"
      >
        {NAMES.map((name) => <canvas key={name} class={name} aria-hidden="true" />)}
      </div>
      <p id="census" class="unseen">{census(tracks)}</p>
      <div class="zoom">
        <button type="button" aria-label="Zoom in" onClick={() => zoom(1.4)}>+</button>
        <button type="button" aria-label="Zoom out" onClick={() => zoom(1 / 1.4)}>−</button>
        <button
          type="button" aria-label="Fit the site" onClick={() => state.site.value && fit(state.site.value, tracks)}
        >⤢</button>
        <button
          type="button" aria-label="Tilt" aria-pressed={view.value.tilted}
          onClick={() => (view.value = { ...view.value, tilted: !view.value.tilted })}
        >◿</button>
      </div>
      {state.layers.value.base && <Credit />}
    </section>
  );
}
