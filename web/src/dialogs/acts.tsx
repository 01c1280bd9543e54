// Dialogues about one track, a note, and the posture.
import { useState } from "preact/hooks";
import { Marked, Symbol } from "../panels/parts";
import type { Answer, Track } from "../protocol";
import * as state from "../state";
import { act } from "../wire";
import { called, classWord, clock, degrees, bearing, distance, IDENTITIES, LEVEL_WORDS, LEVELS } from "../words";
import { close, Form, Frame } from "./frame";

type Change = { currentTarget: { value: string } };
const of = (set: (value: string) => void) => (event: Change): void => set(event.currentTarget.value);

function About({ track }: { track: Track }) {
  return (
    <div class="about">
      <Symbol identity={track.identity} cls={track.cls} size={44} />
      <p>
        <b>{called(track)}</b> {track.identity}, {classWord(track.cls).toLowerCase()}<br />
        {distance(Math.hypot(track.e, track.n))} {degrees(bearing(track.e, track.n))}, {Math.round(track.agl_m)} m high,{" "}
        {Math.round(track.speed_mps)} m/s{track.closing ? ", closing" : ""}
      </p>
    </div>
  );
}

function useTrack(label: number): Track | undefined {
  return state.live.value?.tracks.find((t) => t.label === label);
}

function Gone({ label }: { label: number }) {
  return (
    <Frame title={`T-${label}`}>
      <p>This track is not in the live picture any more. Nothing can be said about it now.</p>
      <div class="buttons"><button type="button" onClick={close}>Close</button></div>
    </Frame>
  );
}

/** Labels that this page has interrogated, with the answer: a dismissal comes after it. */
const answers = new Map<number, string[]>();

function Ledger({ answer, title }: { answer: string[]; title: string }) {
  return (
    <div class="answer" role="status">
      <b>{title}</b>
      <ul class="why">{answer.map((line) => <li key={line}><Marked text={line} short /></li>)}</ul>
    </div>
  );
}

export function Interrogate({ label }: { label: number }) {
  const track = useTrack(label);
  const [answer, setAnswer] = useState(answers.get(label) ?? []);
  if (!track) return <Gone label={label} />;
  const send = async (): Promise<Answer> => {
    const got = await act({ verb: "interrogate", subject: label });
    if (got.ok) {
      const said = got.why?.length ? got.why : [got.text];
      answers.set(label, said);
      setAnswer(said);
    }
    return got;
  };
  return (
    <Frame title={`Interrogate ${called(track)}`}>
      <About track={track} />
      <p>Asks the identity ledger: cooperative identity, flight plans, corridors, class evidence. Nothing is transmitted.</p>
      <h3>Known so far</h3>
      <ul class="why">{track.why.map((w) => <li key={w}><Marked text={w} short /></li>)}</ul>
      {answer.length > 0 && <Ledger answer={answer} title="Answer" />}
      <Form send={send} verb={answer.length ? "Ask again" : "Interrogate"} keep>
        {answer.length > 0 && (
          <p class="next">
            <button type="button" onClick={() => (state.dialog.value = { name: "dismiss", label })}>Dismiss …</button>{" "}
            <button type="button" onClick={() => (state.dialog.value = { name: "reclassify", label })}>Reclassify …</button>
          </p>
        )}
      </Form>
    </Frame>
  );
}

const UNTIL_S: [number, string][] = [[60, "1 minute"], [180, "3 minutes"], [300, "5 minutes"], [900, "15 minutes"]];

export function Dismiss({ label }: { label: number }) {
  const track = useTrack(label);
  const [why, setWhy] = useState("");
  const [until, setUntil] = useState("180");
  if (!track) return <Gone label={label} />;
  if (!answers.has(label))
    return (
      <Frame title={`Dismiss ${called(track)}`}>
        <About track={track} />
        <p>Nothing is dismissed before it has been interrogated.</p>
        <div class="buttons">
          <button type="button" onClick={close}>Cancel <kbd aria-hidden="true">Esc</kbd></button>
          <button type="button" class="main" data-first onClick={() => (state.dialog.value = { name: "interrogate", label })}>
            Interrogate first
          </button>
        </div>
      </Frame>
    );
  const offset = state.site.value?.utc_offset_s ?? 0;
  const end = clock(state.now_ns.value + Number(until) * 1e9, offset);
  return (
    <Frame title={`Dismiss ${called(track)}`}>
      <About track={track} />
      <Ledger answer={answers.get(label) ?? []} title="Interrogated" />
      <Form
        send={() => act({ verb: "dismiss", subject: label, why: why.trim(), until_s: Number(until) })}
        verb="Dismiss" ready={why.trim().length > 0}
      >
        <p class="field">Who <b>{state.me.value?.user}</b></p>
        <label class="field">Why <input value={why} onInput={of(setWhy)} required maxLength={200} data-first /></label>
        <label class="field">
          Until when
          <select value={until} onChange={of(setUntil)}>
            {UNTIL_S.map(([s, words]) => <option key={s} value={String(s)}>{words}</option>)}
          </select>
          <small>ends at {end} local, and by itself when the evidence changes</small>
        </label>
      </Form>
    </Frame>
  );
}

export function Reclassify({ label }: { label: number }) {
  const track = useTrack(label);
  const [cls, setCls] = useState(track?.cls ?? "");
  const [identity, setIdentity] = useState<string>(track?.identity ?? "unknown");
  const [why, setWhy] = useState("");
  if (!track) return <Gone label={label} />;
  const site = state.site.value;
  const changed = cls !== track.cls || identity !== track.identity;
  const send = async (): Promise<Answer> => {
    let answer: Answer = { ok: true, text: "" };
    if (cls !== track.cls) answer = await act({ verb: "classify", subject: label, value: cls, why: why.trim() });
    if (answer.ok && identity !== track.identity)
      answer = await act({ verb: "identify", subject: label, value: identity, why: why.trim() });
    return answer;
  };
  return (
    <Frame title={`Reclassify ${called(track)}`}>
      <About track={track} />
      <Form send={send} verb="Reclassify" ready={changed && why.trim().length > 0}>
        <label class="field">
          What it is
          <select value={cls} onChange={of(setCls)} data-first>
            {(site?.classes ?? []).map((c) => <option key={c} value={c}>{classWord(c)}</option>)}
          </select>
        </label>
        <label class="field">
          Whose it is
          <select value={identity} onChange={of(setIdentity)}>
            {(site?.identities ?? IDENTITIES).map((i) => <option key={i} value={i}>{i}</option>)}
          </select>
        </label>
        <label class="field">Why <input value={why} onInput={of(setWhy)} required maxLength={200} /></label>
      </Form>
    </Frame>
  );
}

export function Note({ label }: { label: number | null }) {
  const [text, setText] = useState("");
  return (
    <Frame title={label === null ? "Note in the log" : `Note on T-${label}`}>
      <Form
        send={() => act({ verb: "note", subject: label ?? 0, value: text.trim() })} verb="Write"
        ready={text.trim().length > 0}
      >
        <label class="field">Note <textarea value={text} onInput={of(setText)} rows={3} maxLength={500} data-first /></label>
      </Form>
    </Frame>
  );
}

const HOLD_S: [number, string][] = [[900, "15 minutes"], [3600, "1 hour"], [14400, "4 hours"], [86400, "24 hours"]];

export function ChangePosture() {
  const now = state.live.value?.posture;
  const [level, setLevel] = useState<string>(now?.level ?? "WHITE");
  const [why, setWhy] = useState("");
  const [hold, setHold] = useState("3600");
  const rank = LEVELS.findIndex((l) => l === level);
  return (
    <Frame title="Change posture">
      <p>
        Now <b>{now?.level}</b> by {now?.by || "rule"}: {now?.reason}. {now?.forecast}
      </p>
      <Form
        send={() => act({ verb: "posture", subject: rank, value: level, why: why.trim(), until_s: Number(hold) })}
        verb="Order" ready={why.trim().length > 0}
      >
        <fieldset>
          <legend>Posture</legend>
          {LEVELS.map((l) => (
            <label key={l} class={`choice ${l.toLowerCase()}`}>
              <input type="radio" name="level" value={l} checked={l === level} onChange={of(setLevel)} data-first={l === level ? true : undefined} />
              <b>{l}</b> {LEVEL_WORDS[l].toLowerCase()}
            </label>
          ))}
        </fieldset>
        <label class="field">Reason <input value={why} onInput={of(setWhy)} required maxLength={200} /></label>
        <label class="field">
          Holds for
          <select value={hold} onChange={of(setHold)}>
            {HOLD_S.map(([s, words]) => <option key={s} value={String(s)}>{words}</option>)}
          </select>
        </label>
      </Form>
    </Frame>
  );
}
