// Four sounds, 500 to 1,400 Hz: alarm, escalation, caution, all clear. Silent until a person arms them.
import { effect } from "@preact/signals";
import * as state from "./state";

let audio: AudioContext | null = null;
type Tone = [hz: number, from_s: number, for_s: number];
const SOUNDS: Record<"alarm" | "escalated" | "caution" | "clear", Tone[]> = {
  alarm: [[880, 0, 0.18], [1175, 0.22, 0.18], [880, 0.44, 0.18], [1175, 0.66, 0.18]],
  escalated: [[1400, 0, 0.1], [1400, 0.15, 0.1], [1400, 0.3, 0.1], [1400, 0.45, 0.1], [1400, 0.6, 0.1]],
  caution: [[620, 0, 0.25]],
  clear: [[880, 0, 0.25], [660, 0.3, 0.25], [523, 0.6, 0.4]],
};
/** An alarm that nobody has acknowledged sounds again. */
const REPEAT_MS = 8000;

export function toggle(): void {
  audio ??= new AudioContext();
  void audio.resume();
  state.sound.value = state.sound.value === "on" ? "muted" : "on";
  if (state.sound.value === "on") play("caution");
}

function play(name: keyof typeof SOUNDS): void {
  if (state.sound.value !== "on" || !audio) return;
  for (const [hz, from_s, for_s] of SOUNDS[name]) {
    const at = audio.currentTime + 0.02 + from_s;
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.25, at + 0.01);
    gain.gain.linearRampToValueAtTime(0, at + for_s);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + for_s + 0.02);
  }
}

/** Listens to the live picture (never to a replay). */
export function keepSounding(): void {
  let known = new Map<number, boolean>();
  let lost = new Set<number>();
  effect(() => {
    const picture = state.live.value;
    if (!picture) return;
    const alarms = new Map(picture.alarms.map((a) => [a.number, a.escalated]));
    const down = new Set(picture.sensors.filter((s) => s.health === "lost").map((s) => s.row));
    const newAlarm = [...alarms.keys()].some((n) => !known.has(n));
    const nowEscalated = [...alarms].some(([n, e]) => e && known.get(n) === false);
    if (newAlarm) play("alarm");
    else if (nowEscalated) play("escalated");
    else if (known.size > 0 && alarms.size === 0) play("clear");
    else if ([...down].some((row) => !lost.has(row))) play("caution");
    known = alarms;
    lost = down;
  });
  setInterval(() => {
    const open = (state.live.value?.alarms ?? []).filter((a) => !a.acknowledged_by);
    if (open.length) play(open.some((a) => a.escalated) ? "escalated" : "alarm");
  }, REPEAT_MS);
}
