/** A folder of the project; where the process runs unless given. */
export interface Place {
  readonly cwd?: string;
}

/**
 * The URL of a service, after proof that the process which answers belongs to the session of this very folder.
 * @param service the main one unless given
 * @throws Error with whose it is when somebody else answers, and with what to do when nobody does
 */
export function url(service?: string, place?: Place): string;

/**
 * `NAME_URL`, `NAME_HOST` and `NAME_PORT` of all services that are ready, after the same proof.
 * @throws Error as `url`
 */
export function env(place?: Place): Record<string, string>;
