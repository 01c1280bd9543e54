// The playhead: any moment of the journal, drawn beside the live posture and alerts.
import { batch } from "@preact/signals";
import type { Picture } from "./protocol";
import * as state from "./state";
import { ask, Refused } from "./wire";

const STEP_MS = 250;
let asking = false;

export function seek(t_ns: number): void {
  const live = state.live.value;
  if (!live) return;
  if (t_ns >= live.t_ns) return goLive();
  state.playhead_ns.value = Math.round(t_ns);
  void fetchMoment();
}

export function step(s: number): void {
  const from = state.playhead_ns.value ?? state.live.value?.t_ns;
  if (from !== undefined) seek(from + s * 1e9);
}

export function goLive(): void {
  batch(() => {
    state.playhead_ns.value = null;
    state.past.value = null;
    state.rate.value = 1;
    state.playing.value = true;
  });
}

export function playAt(rate: 1 | 4 | 16): void {
  state.rate.value = rate;
  state.playing.value = true;
}

async function fetchMoment(): Promise<void> {
  const t_ns = state.playhead_ns.value;
  if (asking || t_ns === null) return;
  asking = true;
  try {
    const picture = await ask<Picture>("GET", `/api/at?t_ns=${t_ns}`);
    if (state.playhead_ns.value !== null) state.past.value = picture;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    state.playing.value = false;
    state.said.value = { text: `Replay: ${error.message}`, wrong: true };
  } finally {
    asking = false;
  }
  // The playhead may have been moved while the answer was under way.
  if (state.playhead_ns.value !== null && state.playhead_ns.value !== t_ns) void fetchMoment();
}

export function keepPlaying(): void {
  setInterval(() => {
    const t_ns = state.playhead_ns.value;
    if (t_ns === null || !state.playing.value) return;
    const next = t_ns + STEP_MS * 1e6 * state.rate.value;
    if (next >= state.now_ns.value) goLive();
    else {
      state.playhead_ns.value = next;
      if (!asking) void fetchMoment();
    }
  }, STEP_MS);
}
