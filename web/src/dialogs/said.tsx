// What a drafted claim says, put right by a person: field, value, incident, reason.

export const spaced = (word: string): string => word.replaceAll("_", " ");

/** A value as it is typed: words, a number, or what JSON says. */
function valueOf(text: string): unknown {
  const t = text.trim();
  if (/^(-?\d+|true|false|[{["].*)$/.test(t)) {
    try {
      return JSON.parse(t) as unknown;
    } catch {
      return t;
    }
  }
  return t;
}

export const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

export interface Said {
  field: string;
  value: string;
  incident: string;
  why: string;
}

/** Field, value, incident and reason of one claim. */
export function SaidFields(props: {
  said: Said; set: (said: Said) => void; fields: string[]; incidents: { id: string; title: string }[]; first?: boolean;
}) {
  const { said, set } = props;
  return (
    <div class="said-fields">
      <label class="field">
        Field
        <select value={said.field} onChange={(e) => set({ ...said, field: e.currentTarget.value })} data-first={props.first}>
          {[...new Set([said.field, ...props.fields])].map((f) => <option key={f} value={f}>{spaced(f)}</option>)}
        </select>
      </label>
      <label class="field">Value <input value={said.value} onInput={(e) => set({ ...said, value: e.currentTarget.value })} maxLength={200} /></label>
      <label class="field">
        Incident
        <select value={said.incident} onChange={(e) => set({ ...said, incident: e.currentTarget.value })}>
          <option value="-">none</option>
          {props.incidents.map((i) => <option key={i.id} value={i.id}>{i.id} {i.title}</option>)}
        </select>
      </label>
      <label class="field">Why <input value={said.why} onInput={(e) => set({ ...said, why: e.currentTarget.value })} maxLength={200} /></label>
    </div>
  );
}

/** What of a claim is said otherwise, as the service takes it. */
export function changesOf(said: Said, was: { field: string; value: unknown; incident: string }): Record<string, unknown> {
  const value = valueOf(said.value);
  return {
    ...(said.field === was.field ? {} : { field: said.field }),
    ...(JSON.stringify(value) === JSON.stringify(was.value) ? {} : { value }),
    ...((said.incident || "-") === (was.incident || "-") ? {} : { incident: said.incident }),
  };
}
