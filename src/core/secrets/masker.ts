// Keeps secrets out of devdeck's own texts: status, events, its logs, answers to commands. It knows the values of
// secret variables from all sources (the config, `.env`, env files, the caller), and recognises labelled passwords in
// a text. A service's own log stays as written.

import type { Project } from '../model/project.ts';
import { labelledSecrets } from './labelled-secrets.ts';
import { isSecretName, MASK } from './names.ts';
import { SecretTree } from './secret-tree.ts';
import { maskSpans, type Span } from './spans.ts';
import { urlSecrets } from './url-secrets.ts';
import { secretValues } from './values.ts';

/** The text with `********` in place of each secret. */
export type Mask = (text: string) => string;

/** Of an environment. */
type Variables = Readonly<Record<string, string | undefined>>;

/** A `.env` that is rewritten every minute must not fill the memory: then only the newest secrets are kept. */
const MOST_VARIABLES = 20_000;
const MOST_UNREAD = 1_000;

/** By these keys devdeck's own parts find each other. Nothing under them was written by a service. */
const OWN_KEYS: ReadonlySet<string> = new Set(
  (
    'name names service dependsOn rewires type kind state previous root cwd ' +
    'logFile file configFile socket id url address addresses listening probes pids ' +
    'time at since startedAt readyAt checkedAt dueAt version event'
  ).split(' '),
);

export class Masker {
  #tree = new SecretTree();
  #listed: readonly string[] = [];
  #publicWords: ReadonlySet<string> = new Set();
  /** `NAME=value` of all that was looked at. */
  #seen = new Set<string>();
  /** Looked at when the next text is masked: a start gets on with its first service before it says anything. */
  #unread: Variables[] = [];

  /**
   * @param listed names of variables that the config calls secret
   * @param publicWords names of services and the like: a password that is one of them is no secret
   */
  expect(listed: readonly string[], publicWords: readonly string[]): void {
    if (listed.join() === this.#listed.join() && publicWords.every((word) => this.#publicWords.has(word))) return;
    this.#listed = listed;
    this.#publicWords = new Set([...this.#publicWords, ...publicWords]);
    const known = [...this.#seen].map((variable) => variable.split(/=(.*)/s).slice(0, 2));
    this.#forget();
    this.#unread.unshift(Object.fromEntries(known) as Variables);
  }

  /** What is secret in these variables is masked from now on. Costs little when all of them are known. */
  learn(variables: Variables): void {
    this.#unread.push({ ...variables });
    if (this.#unread.length >= MOST_UNREAD) this.#catchUp();
  }

  #catchUp(): void {
    if (this.#unread.length === 0) return;
    const unread = this.#unread;
    this.#unread = [];
    for (const variables of unread) this.#read(variables);
  }

  #read(variables: Variables): void {
    if (this.#seen.size > MOST_VARIABLES) this.#forget();
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined || value === '' || this.#seen.has(`${name}=${value}`)) continue;
      this.#seen.add(`${name}=${value}`);
      for (const { text, boundary } of secretValues(name, value, this.#listed)) {
        if (!this.#publicWords.has(text)) this.#tree.add(text, boundary);
      }
    }
  }

  #forget(): void {
    this.#tree = new SecretTree();
    this.#seen.clear();
  }

  isSecretName(name: string): boolean {
    return isSecretName(name, this.#listed);
  }

  readonly mask: Mask = (text) => {
    this.#catchUp();
    const known = this.#knownIn(text);
    return maskSpans(
      text,
      MAY_SAY_ITSELF.test(text) ? [...known, ...urlSecrets(text), ...labelledSecrets(text)] : known,
    );
  };

  /** The same for every text within plain data. Of variables under `env` the name decides, whatever the value. */
  maskDeep<Value>(value: Value): Value {
    return this.#deep(value) as Value;
  }

  #deep(value: unknown): unknown {
    if (typeof value === 'string') return this.mask(value);
    if (Array.isArray(value)) return value.map((item) => this.#deep(item));
    if (!isRecord(value)) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key, OWN_KEYS.has(key) ? item : this.#inKey(key, item)]));
  }

  #inKey(key: string, item: unknown): unknown {
    if (key !== 'env' || !isRecord(item)) return this.#deep(item);
    const variables = Object.entries(item);
    return Object.fromEntries(
      variables.map(([name, value]) => [name, this.isSecretName(name) ? MASK : this.#deep(value)]),
    );
  }

  /** Of several secrets at one place the longest counts, and a secret may begin within another. */
  #knownIn(text: string): readonly Span[] {
    const spans: Span[] = [];
    let end = 0;
    for (let at = 0; at < text.length; at += 1) {
      const to = this.#tree.endOf(text, at, end);
      if (to <= Math.max(at, end)) continue;
      spans.push({ from: at, to });
      end = to;
    }
    return spans;
  }
}

/** Without one of these no URL and no label is in a text. */
const MAY_SAY_ITSELF = /[=:]|-[A-Za-z]|bearer/i;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a config tells: which variables are secret, and the values that it gives them itself. */
export function learnProject(masker: Masker, { name, services, checks, secrets }: Project): void {
  const names = services.flatMap((service) => [
    service.name,
    ...(service.replica === undefined ? [] : [service.replica.of]),
  ]);
  masker.expect(secrets, [name, ...names, ...checks.map((check) => check.name)]);
  for (const [name, value] of services.flatMap(({ env }) => Object.entries(env))) {
    // `${API_KEY}` is not a secret itself, whatever it is called; what it stands for is learnt at a start.
    masker.learn({ [value.includes('${') ? '' : name]: value });
  }
}
