// The config as a JSON Schema, for editors: `config schema` prints it, and the package ships it as config.schema.json.
// It knows the shape of each key; what keys mean together (references, cycles, ports named twice) only the parser does.

import { parse } from 'yaml';
import * as z from 'zod/mini';
import { KEY_DOCS, type KeyDoc, type KeyGroup } from './key-docs.ts';
import { configSchema, defaults, KEY_GROUPS } from '../rules/schema.ts';

/** Draft 2020-12, with a description, a default and an example for each key. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const groups = new Map<unknown, KeyGroup>([[defaults, 'service']]);
  for (const [name, schema] of Object.entries(KEY_GROUPS)) groups.set(schema, name as KeyGroup);
  const { $schema, ...rest } = z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const group = groups.get(zodSchema);
      // Keys that begin with x- belong to the author.
      if (jsonSchema.additionalProperties === false) jsonSchema.patternProperties = { '^x-': {} };
      if (group !== undefined) annotate(jsonSchema.properties ?? {}, KEY_DOCS[group]);
    },
  });
  return { $schema, title: '.project.config of devdeck', ...rest };
}

function annotate(properties: Record<string, unknown>, docs: Readonly<Record<string, KeyDoc>>): void {
  for (const [key, property] of Object.entries(properties)) {
    const doc = docs[key];
    if (doc === undefined || typeof property !== 'object' || property === null) continue;
    // A copy, since keys of the same kind share one object.
    properties[key] = {
      ...property,
      description: plainText(doc),
      ...(doc.default === undefined ? {} : { default: parse(doc.default) as unknown }),
      examples: [parse(doc.example) as unknown],
    };
  }
}

/** Editors show descriptions as they are, links to a page they do not have included. */
function plainText({ meaning }: KeyDoc): string {
  const text = meaning.replaceAll('`', '').replace(/; see \[[^\]]*\]\([^)]*\)/, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
