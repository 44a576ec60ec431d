import { describe, expect, it } from 'vitest';
import { sourcePlaces } from '../../../src/tui/logs/source-place.ts';

describe('a line of a trace', () => {
  it.each([
    ['  File "/shop/app/main.py", line 12, in <module>', '/shop/app/main.py', 12],
    ['    at handler (/shop/src/server.js:10:5)', '/shop/src/server.js', 10],
    ['    at file:///shop/src/server.mjs:3:1', '/shop/src/server.mjs', 3],
    ['main.go:42 +0x1d', 'main.go', 42],
    ['  --> src/main.rs:7:9', 'src/main.rs', 7],
    ["app/models/user.rb:15:in `save'", 'app/models/user.rb', 15],
    ['./src/App.tsx:8:3 - error TS2304', './src/App.tsx', 8],
  ])('%j names a file and a line in it', (text, path, line) => {
    expect(sourcePlaces(text)[0]).toMatchObject({ path, line });
  });

  it.each(['INFO: 127.0.0.1:51275 - "GET / HTTP/1.1" 200', 'listening on http://localhost:8000', '12:30:05 ready'])(
    '%j names none',
    (text) => {
      expect(sourcePlaces(text)).toEqual([]);
    },
  );
});
