// The incident record: the list, one incident, a report pasted, drafted and taken in.
import { useEffect, useState } from "preact/hooks";
import type { Answer, Draft, IncidentTold, Incidents } from "../protocol";
import * as state from "../state";
import { ask, Refused, tell } from "../wire";
import { close, Form, Frame } from "./frame";

type Change = { currentTarget: { value: string } };
const of = (set: (value: string) => void) => (event: Change): void => set(event.currentTarget.value);
const KINDS = ["same_incident", "same_wave", "same_campaign", "second_in_window", "anniversary", "responds_to"];
const spaced = (word: string): string => word.replaceAll("_", " ");

/** What a GET answers; null until it does, with the refusal in words. */
function useAsked<T>(path: string, again: number): [T | null, string] {
  const [got, setGot] = useState<T | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    setWrong("");
    ask<T>("GET", path).then(setGot, (error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      setWrong(error.message);
    });
  }, [path, again]);
  return [got, wrong];
}

export function IncidentRecord() {
  const [shown, setShown] = useState("");
  const [pasting, setPasting] = useState(false);
  if (pasting) return <Paste back={() => setPasting(false)} />;
  if (shown) return <One name={shown} go={setShown} />;
  return <List open={setShown} paste={() => setPasting(true)} />;
}

function List(props: { open: (name: string) => void; paste: () => void }) {
  const [again, setAgain] = useState(0);
  const [found, wrong] = useAsked<Incidents>("/api/incidents", again);
  const may = state.mayAct.value;
  const openAlarms = async (): Promise<void> => {
    await tell(ask<Answer>("POST", "/api/incidents/open", {}));
    setAgain(again + 1);
  };
  const rows = found?.incidents ?? [];
  return (
    <Frame key="list" title="Incidents" wide>
      {rows.length > 0 && (
        <table class="record">
          <thead><tr><th>No</th><th>Day</th><th>Site</th><th>What</th></tr></thead>
          <tbody>
            {rows.map((i) => (
              <tr key={i.id}>
                <td><button type="button" onClick={() => props.open(i.id)}>{i.id}</button></td>
                <td>{i.date || "not known"}</td><td>{i.site ?? ""}</td><td>{i.title}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {found && !rows.length && <p>No incident is recorded yet. Open one from an alarm, or paste a report.</p>}
      {rows.length > 0 && (
        <p class="small">
          Export:{" "}
          {found?.formats.map((f) => <a key={f} href={`/api/export/${f}`} download>{f}</a>)}
        </p>
      )}
      <p class="wrong" role="alert">{wrong}</p>
      <div class="buttons">
        <button type="button" disabled={!may} onClick={() => void openAlarms()}>Open from the alarms</button>
        <button type="button" disabled={!may} onClick={props.paste}>Paste a report</button>
        <button type="button" class="main" data-first onClick={close}>Close</button>
      </div>
    </Frame>
  );
}

function One(props: { name: string; go: (name: string) => void }) {
  const [again, setAgain] = useState(0);
  const [told, wrong] = useAsked<IncidentTold>(`/api/incidents/${props.name}`, again);
  const [claim, setClaim] = useState("");
  const [linking, setLinking] = useState(false);
  const redo = (): void => {
    setClaim("");
    setLinking(false);
    setAgain(again + 1);
  };
  if (claim) return <Confirm claim={claim} done={redo} />;
  if (linking) return <Link name={props.name} done={redo} />;
  return (
    <Frame key={props.name} title={`${props.name} ${told?.incident.title ?? ""}`} wide>
      {told && (
        <>
          {told.exercise && <p><span class="mark">EXERCISE</span> Part of the evidence is simulated.</p>}
          <h3>How each value stands</h3>
          <table class="record">
            <tbody>
              {told.standings.map((s) => (
                <tr key={`${s.field}${s.value}`} title={s.why}>
                  <th>{s.name}</th><td>{s.value}</td><td>{s.status}</td><td>{s.claims.join(" ")}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {told.contradictions.map((c) => (
            <p key={c.field} class="wrong">
              Contradiction, {c.field}: {c.values.map(([v, ids]) => `${v} (${ids.join(", ")})`).join(" / ")}: {c.decided || "nobody has decided"}
            </p>
          ))}
          <h3>Claims</h3>
          <ul class="claims" tabIndex={0} aria-label="Claims">
            {told.claims.map((c) => (
              <li key={c.id}>
                <b>{c.id}</b> {spaced(c.field)} = {c.polarity === "denied" ? "not " : ""}{c.value}: “{c.quote}”
                <small>
                  {" "}{c.said_by}{c.sensors ? ` · sensors: ${c.sensors} (${c.sensors_why})` : ""}
                  {c.confirmed_by ? ` · confirmed by ${c.confirmed_by}` : ""}
                </small>{" "}
                {!c.confirmed_by && state.isSupervisor.value && <button type="button" onClick={() => setClaim(c.id)}>Confirm</button>}
              </li>
            ))}
          </ul>
          {told.evidence.length > 0 && <><h3>Evidence</h3><p class="small">{told.evidence.map((e) => `${e.id} ${e.kind}: ${e.what}`).join(" · ")}</p></>}
          {told.likenesses.length > 0 && <h3>May belong with</h3>}
          <ul class="claims">
            {told.likenesses.map((x) => (
              <li key={`${x.b}${x.kind}`} title={x.reasons.join("; ")}>
                <button type="button" onClick={() => props.go(x.b)}>{x.b}</button> {spaced(x.kind)} {x.p.toFixed(2)}: {x.title}
              </li>
            ))}
            {told.links.map((x) => <li key={x.id}>{x.id}: {x.a} {spaced(x.kind)} {x.b}</li>)}
          </ul>
          <details><summary>Draft statement</summary><pre>{told.statement}</pre></details>
        </>
      )}
      <p class="wrong" role="alert">{wrong}</p>
      <div class="buttons">
        <a href={`/api/incidents/${props.name}/report`} target="_blank" rel="noopener">Report</a>
        <button type="button" disabled={!state.mayAct.value} onClick={() => setLinking(true)}>Link</button>
        <button type="button" class="main" data-first onClick={() => props.go("")}>Back</button>
      </div>
    </Frame>
  );
}

function Confirm(props: { claim: string; done: () => void }) {
  const [why, setWhy] = useState("");
  const [evidence, setEvidence] = useState("");
  const send = async (): Promise<Answer> => {
    const answer = await tell(ask<Answer>("POST", "/api/incidents/confirm", { claim: props.claim, why, evidence: evidence.trim() }));
    if (answer.ok) props.done();
    return answer;
  };
  return (
    <Frame key="confirm" title={`Confirm ${props.claim}`}>
      <p>You say that what {props.claim} says is so. It stands under your name.</p>
      <Form send={send} verb="Confirm" ready={why.trim() !== ""} keep>
        <label class="field">Why <input value={why} onInput={of(setWhy)} data-first required /></label>
        <label class="field">Evidence <input value={evidence} onInput={of(setEvidence)} placeholder="E1, where one source alone says it" /></label>
      </Form>
    </Frame>
  );
}

function Link(props: { name: string; done: () => void }) {
  const [b, setB] = useState("");
  const [kind, setKind] = useState("same_campaign");
  const [why, setWhy] = useState("");
  const send = async (): Promise<Answer> => {
    const answer = await tell(ask<Answer>("POST", "/api/incidents/link", { a: props.name, b: b.trim(), kind, why }));
    if (answer.ok) props.done();
    return answer;
  };
  return (
    <Frame key="link" title={`Link ${props.name}`}>
      <Form send={send} verb="Link" ready={b.trim() !== "" && why.trim() !== ""} keep>
        <label class="field">With <input value={b} onInput={of(setB)} placeholder="I2" data-first required /></label>
        <label class="field">
          How
          <select value={kind} onChange={of(setKind)}>{KINDS.map((k) => <option key={k} value={k}>{spaced(k)}</option>)}</select>
        </label>
        <label class="field">Why <input value={why} onInput={of(setWhy)} required /></label>
      </Form>
    </Frame>
  );
}

function Paste(props: { back: () => void }) {
  const [text, setText] = useState("");
  const [published, setPublished] = useState("");
  const [publisher, setPublisher] = useState("");
  const [draft, setDraft] = useState<Draft | null>(null);
  const body = { text, published, publisher: publisher.trim() };
  const send = async (): Promise<Answer> => {
    try {
      setDraft(await ask<Draft>("POST", "/api/intake", body));
      return { ok: true, text: "Drafted." };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { ok: false, text: error.message };
    }
  };
  if (draft) return <Drafted draft={draft} body={body} back={() => setDraft(null)} done={props.back} />;
  return (
    <Frame key="paste" title="Paste a report" wide>
      <p>Its incidents and claims are drafted by rules. Nothing is recorded before you have read and kept it.</p>
      <Form send={send} verb="Draft" ready={text.trim() !== "" && /^\d{4}-\d\d-\d\d$/.test(published)} keep>
        <label class="field">Text <textarea rows={10} value={text} onInput={of(setText)} data-first required /></label>
        <label class="field">Published <input type="date" value={published} onInput={of(setPublished)} required /></label>
        <label class="field">Publisher <input value={publisher} onInput={of(setPublisher)} /></label>
      </Form>
    </Frame>
  );
}

function Drafted(props: { draft: Draft; body: object; back: () => void; done: () => void }) {
  const { claims, incidents, uncovered, document } = props.draft;
  const [kept, setKept] = useState<ReadonlySet<number>>(new Set(claims.keys()));
  const [into, setInto] = useState<Record<string, string>>({});
  const [known] = useAsked<Incidents>("/api/incidents", 0);
  const toggle = (k: number): void => {
    const next = new Set(kept);
    if (!next.delete(k)) next.add(k);
    setKept(next);
  };
  const send = async (): Promise<Answer> => {
    const chosen = Object.fromEntries(Object.entries(into).filter(([, v]) => v));
    const answer = await tell(ask<Answer>("POST", "/api/incidents", { ...props.body, keep: [...kept], into: chosen }));
    if (answer.ok) props.done();
    return answer;
  };
  return (
    <Frame key="drafted" title="The draft: keep what is right" wide>
      {document.notes.map((n) => <p key={n}>{n}</p>)}
      <Form send={send} verb={`Take in ${kept.size} of ${claims.length}`} ready={kept.size > 0} keep>
        {incidents.map((i) => (
          <label key={i.id} class="field">
            {i.id}: {i.title}
            <select value={into[i.id] ?? ""} onChange={(e) => setInto({ ...into, [i.id]: e.currentTarget.value })}>
              <option value="">a new incident</option>
              {known?.incidents.map((x) => <option key={x.id} value={x.id}>{x.id} {x.title}</option>)}
            </select>
          </label>
        ))}
        <ul class="claims">
          {claims.map((c, k) => (
            <li key={k}>
              <label>
                <input type="checkbox" checked={kept.has(k)} onChange={() => toggle(k)} />{" "}
                <b>{c.incident}</b> {spaced(c.field)} = {JSON.stringify(c.value)}: “{c.quote}”
                <small> {c.chain.map((x) => x.name).reverse().join(", told by ")}{c.polarity !== "affirmed" ? ` · ${c.polarity}` : ""}</small>
              </label>
            </li>
          ))}
        </ul>
        {uncovered.length > 0 && <h3>Left over: no claim covers it, a person has to read it</h3>}
        <ul class="claims">{uncovered.map((u) => <li key={u.start}>“{u.quote}” <small>{u.words.join(", ")}</small></li>)}</ul>
      </Form>
      <div class="buttons"><button type="button" onClick={props.back}>Back to the text</button></div>
    </Frame>
  );
}
