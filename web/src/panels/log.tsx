// The incident log: what was decided and done, newest first; in a replay up to the playhead.
import type { LogEvent } from "../protocol";
import * as state from "../state";
import { clock } from "../words";
import { Key, Marked } from "./parts";

interface Line {
  t_ns: number;
  who: string;
  text: string;
  why: string[];
  labels: number[];
}

/** Events as they came, and from the journal those from before this page was opened. */
function lines(): Line[] {
  const came: readonly LogEvent[] = state.events.value;
  const seen = new Set(came.map((e) => `${Math.round(e.t_ns / 1e6)}${e.text}`));
  const before = (state.timeline.value?.events ?? [])
    .filter((e) => !seen.has(`${Math.round(e.t_ns / 1e6)}${e.text}`))
    .map((e) => ({ t_ns: e.t_ns, who: "", text: e.text, why: [], labels: [] }));
  const head = state.playhead_ns.value;
  return [...came, ...before]
    .filter((l) => head === null || l.t_ns <= head)
    .sort((a, b) => b.t_ns - a.t_ns)
    .slice(0, 200);
}

export function Log() {
  const offset = state.site.value?.utc_offset_s ?? 0;
  return (
    <section class="log" aria-labelledby="h-log" data-pane>
      <h2 id="h-log">Incident log {state.replaying.value && <em class="inreplay">REPLAY</em>} <span>local time</span>{" "}
        <button type="button" onClick={() => (state.dialog.value = { name: "incidents" })}>Incidents <Key>E</Key></button>
      </h2>
      <ol tabIndex={0} aria-labelledby="h-log">
        {lines().map((l) => (
          <li key={`${l.t_ns}${l.text}`} class={l.who ? "person" : ""} title={l.why.join("; ")}>
            <time>{clock(l.t_ns, offset)}</time>
            <span>
              <b>{l.who || "sys"}</b> <Marked text={l.text} short />
              {l.why.length > 0 && <small> {l.why.join("; ")}</small>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
