// Recognises in the last output of a service that died why it could not listen: its port was taken, or not allowed.
// Left to others: whether it is true. The text is foreign; the port is checked before the dialog opens.
// Trap: the same words are written by services that live on (a retry that worked, a request for /docs/EADDRINUSE).
// So a sign counts only in the form of an error report, and only while nothing after it shows that the service went on.

import { plainLine } from '../output/plain-line.ts';
import { portIn } from './port-in-text.ts';

export interface PortTrouble {
  /** Undefined when the output names none; then the current port is examined. */
  readonly port: number | undefined;
  /** Undefined when the words are the same for both. */
  readonly protocol: 'tcp' | 'udp' | undefined;
  /** The program, as far as the wording shows it: `PostgreSQL`, `Node.js`, `Python`; otherwise `the service`. */
  readonly program: string;
  /** The line that says it, without colour. */
  readonly line: string;
}

interface Sign {
  readonly program: string;
  readonly pattern: RegExp;
}

/** Where the output of a dying service is still about its death. */
const LINES_READ = 200;
/** A service that says more than this after an error, in lines that are no stack trace, did not die of it. */
const MOST_LINES_AFTER = 30;
/** How far from the error its port may stand, stack traces not counted. */
const NEARBY_LINES = 15;

const UNKNOWN_PROGRAM = 'the service';

/** The first that matches names the program, so the particular ones stand before the general. */
const TAKEN: readonly Sign[] = [
  { program: 'webpack-dev-server', pattern: /\[webpack-dev-server\].*\blisten EADDRINUSE\b/ },
  { program: 'Node.js', pattern: /\b(?:listen|bind) EADDRINUSE\b/ },
  { program: 'Bun', pattern: /Failed to start server\. Is port \d+ in use\?/ },
  { program: 'Deno', pattern: /\bAddrInUse: Address already in use/ },
  { program: 'Rust', pattern: /\bkind: AddrInUse\b|Address already in use \(os error \d+\)/ },
  { program: 'Go', pattern: /\blisten (?:tcp|udp)[46]? \S+: bind: address already in use/ },
  { program: 'Ruby', pattern: /Address already in use - bind\(2\)|adding listener failed addr=\S+ \(in use\)/ },
  { program: 'Java', pattern: /BindException: Address already in use|NativeIoException: bind.*Address already in use/ },
  { program: 'Spring Boot', pattern: /Web server failed to start\. Port \d+ was already in use/ },
  { program: 'Spring Boot', pattern: /Tomcat connector configured to listen on port \d+ failed to start/ },
  { program: '.NET', pattern: /Failed to bind to address \S+: address already in use|\bAddressInUseException\b/ },
  { program: '.NET', pattern: /SocketException \(\d+\): Address already in use/ },
  { program: 'PHP', pattern: /Failed to listen on \S+ \(reason: Address already in use\)/ },
  { program: 'nginx', pattern: /\bbind\(\) to \S+ failed \(\d+: Address already in use\)/ },
  { program: 'Redis', pattern: /Could not create server TCP listening socket .*Address already in use/ },
  { program: 'PostgreSQL', pattern: /could not bind IPv[46] address .*Address already in use/ },
  { program: 'MySQL', pattern: /Bind on TCP\/IP port: Address already in use/ },
  { program: 'MongoDB', pattern: /Failed to set up listener: SocketException: Address already in use/ },
  { program: 'MongoDB', pattern: /\bbind\(\) failed errno:\d+ Address already in use/ },
  { program: 'gunicorn', pattern: /Connection in use: \('/ },
  { program: 'Django', pattern: /That port is already in use/ },
  { program: 'Flask', pattern: /Port \d+ is in use by another program/ },
  { program: 'Python', pattern: /\[Errno (?:98|48)\]|\bOSError\((?:98|48),/ },
  { program: 'Docker', pattern: /\bport is already allocated\b|Ports are not available: exposing port/ },
  { program: 'Elixir', pattern: /\bfailed, port already in use|:listen_error\b.*:eaddrinuse\b/ },
  { program: 'Parcel', pattern: /Port "\d+" could not be used/ },
  { program: 'Storybook', pattern: /Port \d+ is not available\. Exiting/ },
  { program: 'socat', pattern: /\bsocat\[\d+\] E bind\(.*Address already in use/ },
  { program: 'netcat', pattern: /^(?:nc|ncat|nc\.\w+|netcat): .*Address already in use/i },
  { program: UNKNOWN_PROGRAM, pattern: /\bport \d+ (?:is|was) (?:already )?in use\b/i },
  { program: UNKNOWN_PROGRAM, pattern: /\baddress already in use\b/i },
];

/** Only where nothing better is said: an error object that is printed without its message. */
const TAKEN_CODE: readonly Sign[] = [{ program: 'Node.js', pattern: /^\W*code\W+EADDRINUSE\W*$/ }];

const FORBIDDEN: readonly Sign[] = [
  { program: 'Node.js', pattern: /\b(?:listen|bind) EACCES\b/ },
  { program: 'Bun', pattern: /^error: permission denied \S+:\d+$/ },
  { program: 'Go', pattern: /\blisten tcp[46]? \S+: bind: permission denied/ },
  { program: 'Ruby', pattern: /Permission denied - bind\(2\)/ },
  { program: 'Java', pattern: /BindException: Permission denied/ },
  { program: '.NET', pattern: /SocketException \(13\): Permission denied/ },
  { program: 'PHP', pattern: /Failed to listen on \S+ \(reason: Permission denied\)/ },
  { program: 'nginx', pattern: /\bbind\(\) to \S+ failed \(13: Permission denied\)/ },
  { program: 'Redis', pattern: /Could not create server TCP listening socket .*Permission denied/ },
  { program: 'PostgreSQL', pattern: /could not bind IPv[46] address .*Permission denied/ },
  { program: 'Django', pattern: /You don't have permission to access that port/ },
  { program: 'Python', pattern: /\[Errno 13\] error while attempting to bind/ },
  { program: 'socat', pattern: /\bsocat\[\d+\] E bind\(.*Permission denied/ },
  { program: 'Nuxt', pattern: /Port \d+ requires elevated privileges/ },
  { program: UNKNOWN_PROGRAM, pattern: /\bbind\b.*\bpermission denied\b|\bpermission denied\b.*\bbind\b/i },
];

/** Says nothing of ports by itself, so the call that failed must be seen just before it. */
const FORBIDDEN_CALL: readonly Sign[] = [
  { program: 'Python', pattern: /^PermissionError: \[Errno 13\]/ },
  { program: 'Deno', pattern: /\bPermissionDenied: Permission denied \(os error 13\)/ },
];
const LISTEN_CALL = /\bbind\(|\bserver_bind\b|\bat listen\b|\bserve\(/;

/** A socket file can be in use as well, and is no port. */
const NO_PORT = /\b(?:in use|EADDRINUSE|denied|EACCES):? ['"]?[/@][^\s]|\bunix \S+: bind/i;
/** Node's `bind` is that of datagrams, its `listen` that of TCP. */
const BY_UDP = /\budp[46]? \S+: bind\b|\bnode:dgram\b|\bbind EADDRINUSE\b|\bUDP\b/;
const BY_TCP = /\btcp|\blisten EADDRINUSE\b|\bhttps?\b/i;
/** The program that met the taken port says that it takes another. */
const MOVES_ON = /\b(?:trying|using|switching to|moving to|moved to|falling back to)\b/i;
/** Someone asked for a page, or a test, whose name has the words. */
const QUOTED = /\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/|^\s*[✓✔√]|^\s*ok \d+ |^\s*(?:\d+ \|\s*)?(?:\/\/|#|\*) /;
/** The words are talked about: "if you see EADDRINUSE", "retrying after EADDRINUSE". */
const TALKED_ABOUT =
  /\b(?:if|unless|in case|avoid\w*|handl(?:e[sd]?|ing)|ignor(?:e[sd]?|ing)|recover\w* from|simulat\w+|retr(?:y|ied|ying) after|expect\w*)\b/i;

/** Lines that a healthy service writes: it listens, it is ready, it answers. */
const GOES_ON =
  /^(?!.*\b(?:fail\w*|not|error|unable|process|already)\b).*\b(?:listening (?:on|at)|ready (?:in|on)|(?:server|application) (?:is )?(?:started|running)|running (?:on|at) http|serving http)\b|\bLocal:\s+http|"(?:GET|HEAD|POST|PUT|PATCH|DELETE) \S+ HTTP\/\d/i;

const STACK_FRAME = /^\s*$|^\s+\S|^\S+ {4}at |^\s*(?:at|from|File) |^[\s{}()[\],;^~.─│]*$|^(?:npm|pnpm|yarn) /;
/** Where a line that names a port speaks of the service's own. */
const OWN_PORT = /\b(?:listen\w*|bind\w*|port|start\w*|serv\w+|running|in use)\b/i;
const OTHERS_PORT = /\bconnect\w*|\bdatabase\b|\bproxy\b|\bdebugger\b|\binspect\w*/i;

/**
 * What the last output of a service that has just died says of a port that was taken; undefined when it says nothing.
 * `lines` are those of this one run, oldest first, cleaned (`cleanLine`); the last 200 count.
 * A sign that the service survived, or that is only talked about, does not count.
 */
export function findPortConflict(lines: readonly string[]): PortTrouble | undefined {
  const output = plainOutput(lines);
  return findLast(output, TAKEN) ?? findLast(output, TAKEN_CODE);
}

/** The same for a port that the service may not listen on: a privileged one, below 1024 on most systems. */
export function findPortPermission(lines: readonly string[]): PortTrouble | undefined {
  const output = plainOutput(lines);
  return findLast(output, FORBIDDEN) ?? findLast(output, FORBIDDEN_CALL, LISTEN_CALL);
}

function plainOutput(lines: readonly string[]): string[] {
  return lines.slice(-LINES_READ).map(plainLine);
}

/** With `call`, a sign counts only when the lines around it match that as well. */
function findLast(output: readonly string[], signs: readonly Sign[], call?: RegExp): PortTrouble | undefined {
  let linesAfter = 0;
  for (let at = output.length - 1; at >= 0; at -= 1) {
    const line = output[at] ?? '';
    const sign = signs.find(({ pattern }) => pattern.test(line));
    if (sign !== undefined && isReport(output, at, sign.pattern)) {
      if (call === undefined || around(output, at, NEARBY_LINES).some((near) => call.test(near))) {
        const port = portIn(line) ?? portNear(output, at);
        return { port, protocol: protocolOf(output, at), program: sign.program, line: line.trim() };
      }
    }
    if (GOES_ON.test(line)) return undefined;
    if (!STACK_FRAME.test(line)) linesAfter += 1;
    if (linesAfter > MOST_LINES_AFTER) return undefined;
  }
  return undefined;
}

function isReport(output: readonly string[], at: number, pattern: RegExp): boolean {
  const line = output[at] ?? '';
  if (MOVES_ON.test(line) || QUOTED.test(line) || NO_PORT.test(line)) return false;
  const before = line.slice(0, line.search(pattern));
  if (TALKED_ABOUT.test(before)) return false;
  return !around(output, at, 2).some((near) => NO_PORT.test(near));
}

function protocolOf(output: readonly string[], at: number): PortTrouble['protocol'] {
  const near = [output[at] ?? '', ...around(output, at, 4)];
  if (near.some((line) => BY_UDP.test(line))) return 'udp';
  return BY_TCP.test(output[at] ?? '') ? 'tcp' : undefined;
}

/** The port of an error that does not name it, from the nearest line that speaks of the service's own port. */
function portNear(output: readonly string[], at: number): number | undefined {
  for (const line of around(output, at, NEARBY_LINES)) {
    if (OTHERS_PORT.test(line) || !OWN_PORT.test(line)) continue;
    const port = portIn(line);
    if (port !== undefined) return port;
  }
  return undefined;
}

/** The lines around one, nearest first, and of two the later one first: an error is explained after it. */
function around(output: readonly string[], at: number, reach: number): string[] {
  const lines: string[] = [];
  for (let distance = 1; distance <= reach; distance += 1) {
    for (const index of [at + distance, at - distance]) {
      const line = output[index];
      if (line !== undefined) lines.push(line);
    }
  }
  return lines;
}
