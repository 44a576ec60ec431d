// A copy of the config for the eyes of others: without the values of secret variables and passwords in URLs.

import { isSecretName, MASK, maskUrlPasswords } from '../../core/env/secrets.ts';

/** A copy of plain data without its secrets. `secrets` are names to hide besides those that look secret. */
export function maskSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return maskUrlPasswords(value);
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
      isSecretName(name, secrets) ? MASK : maskSecrets(value, secrets),
    ]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
