// Which names mean a secret: of environment variables, and before a value in a text (`password=…`, `--token …`).

export const MASK = '********';

/** A variable whose name says so anywhere: the names that people and cloud providers use. */
const SECRET_VARIABLE =
  /SECRET|TOKEN|PASSW|PASSPHRASE|CREDENTIAL|KEY|(?:^|_)PASS(?:_|$)|(?:_PWD|(?:^|_)AUTH|(?:^|_)DSN|(?:^|_)COOKIE)(?:_?\d+)?$/i;

/** In a text, the last word of a name decides: `max_tokens=100` and `monkey=1` are not secrets. */
const SECRET_LABEL =
  /(?:passw(?:or)?d|passwd|passphrase|passcode|secret|token|credentials?|apikey|(?:^|[_.-])(?:key|pwd|dsn|auth|sig)|(?:api|access|private|secret|account|shared|signing|encryption|master)[_.-]?key|signature|authorization)$/i;
/** The end of camelCase, and words too short to be looked for in any case. */
const SECRET_LABEL_END = /[a-z0-9](?:Key|Pwd|Pass|Auth|Dsn)$|(?:^|[_.-]|require)(?:pass|PASS)$/;
const UPPER_CASE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
const PASSWORD = /(?:passw(?:or)?d|passphrase|passcode|pwd|secret)$/i;

/** What stands in a secret's place: `$DB_PASS`, `${DB_PASS}`, `%s`, `<password>`, `***`. */
const STAND_IN = /^(?:\$\{[^}]*\}|\$\w+|\$\([^)]*\)|%[A-Za-z]\w*%?|<[^>]*>?|\{\{?[^}]*\}?\}|\*+|\.+|…)$/;

export function isStandIn(value: string): boolean {
  return STAND_IN.test(value);
}

/**
 * Whether the value of an environment variable is a secret.
 * @param listed names that the config calls secret
 */
export function isSecretName(name: string, listed: readonly string[]): boolean {
  return listed.includes(name) || SECRET_VARIABLE.test(name);
}

/** Whether a text that gives a value to this name gives a secret away. */
export function isSecretLabel(name: string): boolean {
  if (UPPER_CASE.test(name)) return SECRET_VARIABLE.test(name);
  return SECRET_LABEL.test(name) || SECRET_LABEL_END.test(name);
}

/** Whether even a number is a secret under this name. */
export function isPasswordLabel(name: string): boolean {
  return PASSWORD.test(name);
}
