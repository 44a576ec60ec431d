import { randomBytes } from 'node:crypto';
import { array, assert, constantFrom, oneof, property, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLine, printable } from '../../../src/core/output/log-line.ts';
import { cpuMs } from '../../helpers/cpu-time.ts';

const RED = '\u001B[31m';
const BOLD = '\u001B[1m';
const OFF = '\u001B[0m';

/** Printable text, and SGR of our own form; nothing else that a terminal would obey. */
// oxlint-disable-next-line no-control-regex -- controls are what must not be there
const SAFE = /^(?:[^\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]|\u001B\[[0-9;:]{0,64}m)*$/;

const bytes = (text: string) => Buffer.from(text);

describe('cleanLine', () => {
  it.each([
    ['plain text', 'GET / 200', 'GET / 200'],
    ['colour, switched off at the end', `${RED}no`, `${RED}no${OFF}`],
    ['colour that is off by itself', `${RED}no\u001B[39m more`, `${RED}no${OFF} more`],
    ['several attributes', '\u001B[1;31mno\u001B[22m more\u001B[m.', `${BOLD}${RED}no${OFF}${RED} more${OFF}.`],
    [
      '256 colours and true colour',
      '\u001B[38;5;208ma\u001B[48;2;1;2;3mb',
      `\u001B[38;5;208ma\u001B[48;2;1;2;3mb${OFF}`,
    ],
    ['colours with colons', '\u001B[38:2::1:2:3ma\u001B[4:3mb', `\u001B[38:2::1:2:3ma\u001B[4:3mb${OFF}`],
    ['no hidden text', '\u001B[8msecret', 'secret'],
    ['a window title (OSC)', '\u001B]0;evil\u0007text\u001B]2;evil\u001B\\!', 'text!'],
    ['a link (OSC 8)', '\u001B]8;;http://x\u001B\\label\u001B]8;;\u001B\\', 'label'],
    ['DCS, SOS, PM and APC', '\u001BPq1\u001B\\a\u001BXq\u001B\\b\u001B^q\u001B\\c\u001B_q\u001B\\d', 'abcd'],
    ['the same in their C1 form', '\u009D0;evil\u009Ca\u0090q\u009Cb\u009B31mc\u0085d', `ab${RED}cd${OFF}`],
    ['a clipboard write', '\u001B]52;c;ZXZpbA==\u0007ok', 'ok'],
    ['screen clearing and the alternate screen', '\u001B[2J\u001B[H\u001B[?1049hVITE\u001Bc', 'VITE'],
    ['private and odd CSI', '\u001B[>4;2ma\u001B[?25lb\u001B[5 qc\u001B[!pd', 'abcd'],
    ['a CSI that a control interrupts', '\u001B[3\u00071m', '^G1m'],
    ['an unterminated sequence', 'text\u001B]0;evil', 'text'],
    ['a lone ESC', 'text\u001B', 'text'],
    ['other controls', 'a\u0000b\u0007c\u007Fd\u001Be', 'a^@b^Gc^?d'],
    ['a line end within', 'a\nb', 'a^Jb'],
    ['direction controls', 'a\u202Eb\u2066c\u2028d', 'a\\u{202E}b\\u{2066}c\\u{2028}d'],
    ['tabs', 'a\tb\t\tc', 'a       b               c'],
    ['a progress bar', ' 10%\r 50%\r100%', '100%'],
    ['a shorter rewrite, which keeps the rest', 'downloading\rdone', 'doneloading'],
    ['a rewrite that erases', 'downloading\r\u001B[Kdone', 'done'],
    ['a spinner', '⠋ install\u001B[1G\u001B[2K⠙ install\u001B[2K\u001B[1Gadded 3 packages', 'added 3 packages'],
    ['a rewrite with colour', `${RED}failing${OFF}\r\u001B[32mgood`, `\u001B[32mgood${OFF}${RED}ing${OFF}`],
    ['a carriage return at the end', 'text\r', 'text'],
    ['backspaces', 'abc\b\bd', 'ad'],
    ['an overstrike', 'N\bNA\bA', 'NA'],
    ['a backspace over a wide character', '你好\b!', '你!'],
    ['cursor movements', 'abcdef\u001B[3DX\u001B[2CY', 'abcXefY'],
    ['erasing to the start', 'abcdef\u001B[4D\u001B[1K', '   def'],
    ['what is written after its row was erased, in its column', 'abc\u001B[2Kd\u001B[1Kef', '    ef'],
    ['a row that grows again over what was erased', 'abcdef\r\u001B[2C\u001B[K\u001B[2Cx', 'ab  x'],
    ['a mark on an erased character', 'ab\u001B[1K\u0301', ' \u0301'.padStart(3)],
    ['half of a wide character that is written over', '你好\rx', 'x 好'],
    ['wide characters, emoji and marks', '你好 👩‍👩‍👧 e\u0301 🇩🇪', '你好 👩‍👩‍👧 e\u0301 🇩🇪'],
  ])('shows %s', (_what, input, output) => {
    expect(cleanLine(input)).toBe(output);
    expect(cleanLine(bytes(input))).toBe(output);
  });

  it('shows bytes that are not UTF-8 as U+FFFD', () => {
    expect(cleanLine(Buffer.from([0x61, 0xff, 0x9b, 0x62]))).toBe('a\uFFFD\uFFFDb');
    expect(cleanLine('a\uD800b')).toBe('a\uFFFDb');
  });

  it('shows the text after a string sequence without an end within 4 KiB', () => {
    expect(cleanLine(`\u001B]0;${'x'.repeat(5000)}END`)).toMatch(/^x+END$/);
  });

  it('ends a line that is longer than 64 KiB', () => {
    expect(cleanLine('x'.repeat(200_000)).length).toBe(64 * 1024 + 16);
    expect(cleanLine(Buffer.alloc(200_000, 'y')).length).toBe(64 * 1024 + 16);
  });

  it('leaves out colours that make a line many times as long', () => {
    const all = '\u001B[2;3;4;7;9;53;38;2;100;100;100m\u001B[48;2;100;100;100m\u001B[58;2;100;100;100m';
    const line = all + '\u001B[1mx\u001B[22my'.repeat(1000);
    expect(cleanLine(line)).toBe('xy'.repeat(1000));
    expect(cleanLine(`${all}\u001B[1mx\u001B[22my`)).toContain('\u001B[48;2;100;100;100m');
  });

  it('ignores far cursor movements', () => {
    expect(cleanLine('a\u001B[999999999Gb').length).toBeLessThan(1100);
  });

  it('returns only printable text and colour for any input', () => {
    const piece = oneof(
      string({ unit: 'binary' }),
      constantFrom('\u001B', '\u001B[', '\u001B]', '\u009B', '\u001BP', '\u001B\\', 'm', '31', ';', ':', '38;2;', '\r'),
      constantFrom('\b', '\t', '\u001B[K', '\u001B[3G', '\u001B[2D', '\u001B[1m', '你', '\u0301', '\u202E', '\uD83D'),
    );
    assert(
      property(array(piece, { maxLength: 40 }), (pieces) => {
        const output = cleanLine(pieces.join(''));
        expect(output).toMatch(SAFE);
        expect(output.isWellFormed()).toBe(true);
        if (output.includes('\u001B')) expect(output.lastIndexOf(OFF)).toBe(output.lastIndexOf('\u001B'));
        expect(cleanLine(output)).toBe(output);
      }),
      { numRuns: 2000 },
    );
    assert(
      property(uint8Array({ maxLength: 300 }), (input) => SAFE.test(cleanLine(input))),
      { numRuns: 1000 },
    );
  });

  it('returns the same for a line with and without colour', () => {
    assert(
      property(array(string({ unit: 'grapheme-ascii' })), (words) => {
        const plain = words.join('');
        expect(printable(words.join(RED), Infinity)).toBe(plain);
      }),
    );
  });

  it('needs less than 100 µs for a coloured line, and a third of that for a plain one', async () => {
    const perCallMs = async (input: Buffer) => {
      const clean = () => {
        for (let round = 0; round < 5000; round += 1) cleanLine(input);
      };
      clean();
      return (await cpuMs(clean)) / 5000;
    };
    const colouredMs = await perCallMs(bytes(`${RED}INFO${OFF}  ${'y'.repeat(94)}`));
    const plainMs = await perCallMs(bytes(`INFO  ${'y'.repeat(94)}`));
    expect(colouredMs).toBeLessThan(0.1);
    expect(plainMs).toBeLessThan(colouredMs / 3);
  });
});

describe('printable', () => {
  it.each([
    ['node', 10, 'node'],
    ['node --inspect server.js', 10, 'node --in…'],
    ['evil\u001B[31m\nname', 40, 'evil^Jname'],
    ['你好世界', 5, '你好…'],
    ['你好世界', 4, '你…'],
    ['你好世界', 8, '你好世界'],
    ['abc', 0, ''],
  ])('shows %j in %i columns', (text, columns, expected) => {
    expect(printable(text, columns)).toBe(expected);
  });
});

it('cleanLine needs less than three seconds for a megabyte of noise', async () => {
  const noise = randomBytes(1_000_000).toString('latin1').split('\n');
  const lines = noise.map((line) => Buffer.from(line, 'latin1'));
  const takenMs = await cpuMs(() => {
    for (const line of lines) cleanLine(line);
  });
  expect(takenMs).toBeLessThan(3_000);
});
