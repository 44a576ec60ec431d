// Reads port numbers out of output. Knows the spellings of a port, not the meaning of the sentence.
// Trap: a log line is full of other numbers after a colon (times, line numbers, versions), so a bare `:123` counts
// only behind something that is an address.

/** `port 3000`, `port: 3000`, `"port":3000`, `Port "3000"`, `port=3000`, `port(s): 8080`. */
const NAMED_PORT = /\bport(?:\(s\))?["']?(?:\s*[:=])?\s*["']?(\d{1,5})(?!\d)/i;
/** Python's `('127.0.0.1', 8000)` and `('::', 8000, 0, 0)`. */
const TUPLE_PORT = /\('[^']*', (\d{1,5})(?=[,)])/;
/** `127.0.0.1:80`, `[::1]:80`, `:::80`, `*:80`, `localhost:80`, `http://any.host:80`, Go's lone `:80`, Node's `null:80`. */
const ADDRESS_PORT =
  /(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-fA-F:.]{0,45}\]|::(?:[\da-fA-F:]{0,40}[\da-fA-F])?|\*|\blocalhost|\bnull|https?:\/\/[\w.-]+|(?<![^\s"'(])):(\d{1,5})(?!\w|[.:]\d)/;

/** The first port that the text names, or undefined. */
export function portIn(text: string): number | undefined {
  for (const pattern of [NAMED_PORT, TUPLE_PORT, ADDRESS_PORT]) {
    const port = Number(pattern.exec(text)?.[1]);
    if (port >= 1 && port <= 65_535) return port;
  }
  return undefined;
}
