// The content of an env file → its variables, or a message about its mistake. An env file is never
// ignored silently: a service without its password would fail later, for no visible reason.

import { parseDotenv, type DotenvEntry } from './dotenv.ts';

/** The content at the path of an env file. */
export type EnvFile =
  | { readonly kind: 'text'; readonly text: string }
  /** `found` is the thing there instead, when it is not a mistake. */
  | { readonly kind: 'none'; readonly found?: string }
  /** A named pipe that was not read yet, as a password manager puts one there. */
  | { readonly kind: 'pipe' }
  /** `why` follows the name of the file: "is a folder". */
  | { readonly kind: 'unusable'; readonly why: string; readonly hint: string };

/** A program cannot be given as many variables as fit in here. */
export const MAX_ENV_FILE_BYTES = 1024 * 1024;

export interface EnvFileProblem {
  readonly message: string;
  readonly fix: string;
}

interface EnvFileContent {
  readonly entries: readonly DotenvEntry[];
  readonly problems: readonly EnvFileProblem[];
  /** Lines that are left out, since they name no variable. */
  readonly leftOut: readonly EnvFileProblem[];
}

/** @param options.isRequired whether the config names the file: then it has to be there */
export function envFileContent(
  path: string,
  file: EnvFile,
  { isRequired }: { readonly isRequired: boolean },
): EnvFileContent {
  switch (file.kind) {
    case 'text': {
      const { entries, problems, strangeLines } = parseDotenv(file.text);
      const inFile = ({ line, message }: (typeof problems)[number]): EnvFileProblem => ({
        message: `${path}:${line}: ${message}`,
        fix: 'correct that line',
      });
      return { entries, problems: problems.map(inFile), leftOut: strangeLines.map(inFile) };
    }
    case 'none':
      if (!isRequired) return { entries: [], problems: [], leftOut: [] };
      return failed(`env file ${path} ${file.found ?? 'does not exist'}`, 'create it, or remove it from env_file');
    case 'pipe':
      return failed(`${path} is a named pipe that was not read yet`, 'start the service, which reads it');
    case 'unusable':
      return failed(`${path} ${file.why}`, file.hint);
    default:
      return file satisfies never;
  }
}

function failed(message: string, fix: string): EnvFileContent {
  return { entries: [], problems: [{ message, fix }], leftOut: [] };
}

/** UTF-8, or UTF-16 as editors of Windows and PowerShell write it, with its mark. */
export function decodeEnvFile(bytes: Uint8Array): EnvFile {
  if (bytes.length > MAX_ENV_FILE_BYTES) return tooLargeEnvFile(bytes.length);
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  const nul = text.indexOf('\0');
  if (nul >= 0) return notText(`holds a NUL byte in line ${lineAt(text, nul)}`);
  const garbage = encoding === 'utf-8' ? text.indexOf('\uFFFD') : -1;
  if (garbage < 0 || isValid(bytes)) return { kind: 'text', text };
  const line = firstGarbledLine(text);
  return line === undefined ? { kind: 'text', text } : notText(`is not UTF-8 in line ${line}`);
}

export function tooLargeEnvFile(bytes: number): EnvFile {
  return { kind: 'unusable', why: `is larger than 1 MiB (${bytes} bytes)`, hint: 'keep only variables in it' };
}

function notText(why: string): EnvFile {
  return { kind: 'unusable', why, hint: 'save it as UTF-8' };
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function isValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Counted from 1. A comment may contain any byte. */
function firstGarbledLine(text: string): number | undefined {
  const index = text.split('\n').findIndex((line) => line.includes('\uFFFD') && !line.trimStart().startsWith('#'));
  return index < 0 ? undefined : index + 1;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
