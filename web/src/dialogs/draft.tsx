// A report pasted, drafted by rules, read and put right by a person, taken in.
import { useState } from "preact/hooks";
import type { Answer, Draft, Incidents } from "../protocol";
import { ask, Refused, tell, useAsked } from "../wire";
import { Form, Frame } from "./frame";
import { changesOf, type Said, SaidFields, spaced, textOf } from "./said";

type Change = { currentTarget: { value: string } };
const of = (set: (value: string) => void) => (event: Change): void => set(event.currentTarget.value);

export function Paste(props: { back: () => void }) {
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

/** What a person makes of one drafted claim. */
interface Reading {
  kept: boolean;
  changing: boolean;
  said: Said;
  whyNot: string;
}

function DraftedClaim(props: {
  place: number; claim: Draft["claims"][number]; reading: Reading; set: (r: Reading) => void; fields: string[];
  incidents: Draft["incidents"];
}) {
  const { claim: c, reading: r, set, place } = props;
  return (
    <li>
      <label>
        <input type="checkbox" checked={r.kept} onChange={() => set({ ...r, kept: !r.kept })} />{" "}
        <b>{c.incident}</b> {spaced(c.field)} = {JSON.stringify(c.value)}: “{c.quote}”
        <small> {c.chain.map((x) => x.name).reverse().join(", told by ")}{c.polarity !== "affirmed" ? ` · ${c.polarity}` : ""}</small>
      </label>{" "}
      {r.kept && (
        <button type="button" aria-expanded={r.changing} aria-label={`Correct claim ${place + 1}`} onClick={() => set({ ...r, changing: !r.changing })}>
          Correct
        </button>
      )}
      {r.kept && r.changing && <SaidFields said={r.said} set={(said) => set({ ...r, said })} fields={props.fields} incidents={props.incidents} />}
      {!r.kept && (
        <label class="field">
          Why not <input value={r.whyNot} placeholder="left out of the draft" onInput={(e) => set({ ...r, whyNot: e.currentTarget.value })} maxLength={200} />
        </label>
      )}
    </li>
  );
}

function Drafted(props: { draft: Draft; body: object; back: () => void; done: () => void }) {
  const { claims, incidents, uncovered, document } = props.draft;
  const [readings, setReadings] = useState<Reading[]>(() => claims.map((c) => ({
    kept: true, changing: false, whyNot: "",
    said: { field: c.field, value: textOf(c.value), incident: c.incident, why: "" },
  })));
  const [into, setInto] = useState<Record<string, string>>({});
  const [known] = useAsked<Incidents>("/api/incidents", 0);
  const keep = [...claims.keys()].filter((k) => readings[k]?.kept);
  const changes: Record<string, object> = {};
  const rejected: Record<string, string> = {};
  let unsaid = 0; // changes without a reason
  readings.forEach((r, k) => {
    const claim = claims[k];
    if (!claim) return;
    if (!r.kept) rejected[k] = r.whyNot.trim() || "left out of the draft";
    else if (r.changing) {
      const changed = changesOf(r.said, claim);
      if (!Object.keys(changed).length) return;
      if (!r.said.why.trim()) unsaid++;
      changes[k] = { why: r.said.why.trim(), ...changed };
    }
  });
  const send = async (): Promise<Answer> => {
    const chosen = Object.fromEntries(Object.entries(into).filter(([, v]) => v));
    const body = { ...props.body, keep, into: chosen, changes, rejected };
    const answer = await tell(ask<Answer>("POST", "/api/incidents", body));
    if (answer.ok) props.done();
    return answer;
  };
  return (
    <Frame key="drafted" title="The draft: keep what is right" wide>
      {document.notes.map((n) => <p key={n}>{n}</p>)}
      <p class="small">Correct what is read wrongly, untick what does not belong. The words of the text stay as they are; what you change stands in the audit with your name.</p>
      <Form send={send} verb={`Take in ${keep.length} of ${claims.length}`} ready={keep.length > 0 && !unsaid} keep>
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
            <DraftedClaim
              key={k} place={k} claim={c} reading={readings[k]!} fields={known?.fields ?? []} incidents={incidents}
              set={(r) => setReadings(readings.map((old, n) => (n === k ? r : old)))}
            />
          ))}
        </ul>
        {unsaid > 0 && <p class="wrong">A correction needs a reason.</p>}
        {uncovered.length > 0 && <h3>Left over: no claim covers it, a person has to read it</h3>}
        <ul class="claims">{uncovered.map((u) => <li key={u.start}>“{u.quote}” <small>{u.words.join(", ")}</small></li>)}</ul>
      </Form>
      <div class="buttons"><button type="button" onClick={props.back}>Back to the text</button></div>
    </Frame>
  );
}
