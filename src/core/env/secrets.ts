// What nobody should read over a shoulder or in a bug report: variables whose names look secret or that the config calls
// so, and passwords in URLs, wherever they stand.

export const MASK = '********';

const SECRET_NAME = /SECRET|TOKEN|PASSW|CREDENTIAL|KEY/i;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi;
/** A shorter value would be found in half of all words. */
const SHORTEST_SECRET = 4;

/** @param secrets names that are secret besides those that look so */
export function isSecretName(name: string, secrets: readonly string[]): boolean {
  return secrets.includes(name) || SECRET_NAME.test(name);
}

export function maskUrlPasswords(text: string): string {
  return text.replace(URL_PASSWORD, `$1${MASK}`);
}

/** Text of others (a reason, an answer) without the values of secret variables. */
export function maskText(text: string, env: Readonly<Record<string, string>>, secrets: readonly string[]): string {
  const values = Object.entries(env).filter(
    ([name, value]) => value.length >= SHORTEST_SECRET && isSecretName(name, secrets),
  );
  return values.reduce((masked, [, value]) => masked.replaceAll(value, MASK), maskUrlPasswords(text));
}
