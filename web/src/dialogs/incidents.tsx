// The incident record: the list, one incident, what people do to its claims.
import { useState } from "preact/hooks";
import type { Answer, IncidentTold, Incidents } from "../protocol";
import * as state from "../state";
import { ask, tell, useAsked } from "../wire";
import { Paste } from "./draft";
import { close, Form, Frame } from "./frame";
import { changesOf, type Said, SaidFields, spaced, textOf } from "./said";

type Change = { currentTarget: { value: string } };
const of = (set: (value: string) => void) => (event: Change): void => set(event.currentTarget.value);
const KINDS = ["same_incident", "same_wave", "same_campaign", "second_in_window", "anniversary", "responds_to"];

export function IncidentRecord(props: { open: string | undefined }) {
  const [shown, setShown] = useState(props.open ?? "");
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
  const [change, setChange] = useState<Claim | null>(null);
  const [turned, setTurned] = useState("");
  const [linking, setLinking] = useState(false);
  const redo = (): void => {
    setClaim("");
    setChange(null);
    setTurned("");
    setLinking(false);
    setAgain(again + 1);
  };
  if (claim) return <Confirm claim={claim} done={redo} />;
  if (change) return <Correct claim={change} incident={props.name} done={redo} />;
  if (turned) return <Reject claim={turned} done={redo} />;
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
                  {c.corrected.map((x) => ` · corrected by ${x}`)}
                </small>{" "}
                {!c.confirmed_by && state.mayAct.value && (
                  <>
                    <button type="button" aria-label={`Correct ${c.id}`} onClick={() => setChange(c)}>Correct</button>{" "}
                    <button type="button" aria-label={`Reject ${c.id}`} onClick={() => setTurned(c.id)}>Reject</button>{" "}
                  </>
                )}
                {!c.confirmed_by && state.isSupervisor.value && <button type="button" onClick={() => setClaim(c.id)}>Confirm</button>}
              </li>
            ))}
          </ul>
          {told.rejected.length > 0 && <h3>Rejected</h3>}
          <ul class="claims">
            {told.rejected.map((c) => (
              <li key={c.id}><b>{c.id}</b> <s>{spaced(c.field)} = {c.value}</s>: “{c.quote}” <small>{c.why}</small></li>
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

type Claim = IncidentTold["claims"][number];

function Correct(props: { claim: Claim; incident: string; done: () => void }) {
  const { claim, incident } = props;
  const was = { field: claim.field, value: claim.raw, incident };
  const [said, setSaid] = useState<Said>({ field: claim.field, value: textOf(claim.raw), incident, why: "" });
  const [known] = useAsked<Incidents>("/api/incidents", 0);
  const changed = changesOf(said, was);
  const send = async (): Promise<Answer> => {
    const answer = await tell(ask<Answer>("POST", "/api/incidents/correct", { claim: claim.id, why: said.why.trim(), ...changed }));
    if (answer.ok) props.done();
    return answer;
  };
  return (
    <Frame key="correct" title={`Correct ${claim.id}`}>
      <p>“{claim.quote}” stays as it stands; what it is taken to say is put right, under your name.</p>
      <Form send={send} verb="Correct" ready={said.why.trim() !== "" && Object.keys(changed).length > 0} keep>
        <SaidFields said={said} set={setSaid} fields={known?.fields ?? []} incidents={known?.incidents ?? []} first />
      </Form>
    </Frame>
  );
}

function Reject(props: { claim: string; done: () => void }) {
  const [why, setWhy] = useState("");
  const send = async (): Promise<Answer> => {
    const answer = await tell(ask<Answer>("POST", "/api/incidents/reject", { claim: props.claim, why: why.trim() }));
    if (answer.ok) props.done();
    return answer;
  };
  return (
    <Frame key="reject" title={`Reject ${props.claim}`}>
      <p>It stays in the audit with your name, and is a basis of nothing.</p>
      <Form send={send} verb="Reject" ready={why.trim() !== ""} keep>
        <label class="field">Why <input value={why} onInput={of(setWhy)} data-first required /></label>
      </Form>
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
