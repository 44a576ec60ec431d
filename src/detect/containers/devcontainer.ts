// .devcontainer/devcontainer.json: what it forwards and starts is named; inside the container everything runs as elsewhere.

import { asMap, asText, asTexts, type Folder } from '../facts/folder.ts';
import { readSource } from '../ledger/read-source.ts';

const FILES = ['.devcontainer/devcontainer.json', '.devcontainer.json'];

/** Notes on what was understood; none when there is no such file. */
export function devcontainerNotes(folder: Folder): readonly string[] {
  const file = FILES.find((path) => folder.read(path) !== undefined);
  if (file === undefined) return [];
  const source = readSource(folder.read(file) ?? '', 'json5');
  if (source.problem !== undefined) return [`${file} cannot be read: ${source.problem}.`];
  const { value } = source;
  const ports = asTexts(value['forwardPorts']);
  const starts = lines(value['postStartCommand'] ?? value['postAttachCommand']);
  const compose = [asText(value['dockerComposeFile']), ...asTexts(value['dockerComposeFile'])].filter(
    (path) => path !== undefined,
  );
  const parts = [
    ...(ports.length > 0 ? [`forwards ${ports.join(', ')}`] : []),
    ...(starts.length > 0 ? [`starts ${starts.join('; ')}`] : []),
    ...(compose.length > 0 ? [`uses ${compose.join(' and ')}`] : []),
  ];
  return parts.length === 0 ? [] : [`${file} ${parts.join(', ')}: nothing of it was taken.`];
}

function lines(written: unknown): readonly string[] {
  const line = asText(written);
  if (line !== undefined) return [line];
  if (Array.isArray(written)) return [asTexts(written).join(' ')];
  return Object.values(asMap(written)).flatMap(lines);
}
