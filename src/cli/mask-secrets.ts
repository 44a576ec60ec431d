// Hides what nobody should read over a shoulder or in a bug report: values of variables whose names look secret,
// and passwords in URLs, wherever they stand.

export const MASK = '********';

const SECRET_NAME = /SECRET|TOKEN|PASSW|CREDENTIAL|KEY/i;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi;

/** A copy of plain data without its secrets. `secrets` are names to hide besides those that look secret. */
export function maskSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return value.replace(URL_PASSWORD, `$1${MASK}`);
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'env' && isRecord(item) ? maskVariables(item, secrets) : maskSecrets(item, secrets),
    ]),
  );
}

function maskVariables(env: Readonly<Record<string, unknown>>, secrets: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      secrets.includes(name) || SECRET_NAME.test(name) ? MASK : maskSecrets(value, secrets),
    ]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
