// The development servers of the Node world: how a script is recognised, which port each takes, and how it is told another.

import type { Role } from '../facts/proposal.ts';

export interface NodeTool {
  readonly title: string;
  readonly role: Role;
  /** In the text of a script. */
  readonly script: RegExp;
  readonly port: number;
  /** Put after the script; undefined: the tool reads `PORT`. */
  readonly arguments?: string;
  /** Where its own port may be written, beside the script. */
  readonly configFile?: RegExp;
  readonly env?: Readonly<Record<string, string>>;
}

/** The word itself, not a part of another: `vite` but not `vitest`, also as `./node_modules/.bin/vite`. */
function word(pattern: string): RegExp {
  return new RegExp(String.raw`(?:^|[\s;&|/"'])${pattern}(?=$|[\s;&|"'])`);
}

const VITE_CONFIG = /(?:^|\/)vite\.config\.\w+$/;

// The first that fits counts, so those that are built on others come before them.
export const NODE_TOOLS: readonly NodeTool[] = [
  { title: 'Next.js', role: 'frontend', script: word('next dev'), port: 3000, arguments: '--port $PORT' },
  {
    title: 'Nuxt',
    role: 'frontend',
    script: word('(?:nuxt|nuxi)(?: dev)?'),
    port: 3000,
    arguments: '--port $PORT',
    configFile: /(?:^|\/)nuxt\.config\.\w+$/,
  },
  {
    title: 'Astro',
    role: 'frontend',
    script: word('astro(?: (?:dev|start))?'),
    port: 4321,
    arguments: '--port $PORT',
    configFile: /(?:^|\/)astro\.config\.\w+$/,
  },
  {
    title: 'React Router',
    role: 'frontend',
    script: word('react-router dev'),
    port: 5173,
    arguments: '--port $PORT',
    configFile: VITE_CONFIG,
  },
  {
    title: 'Remix',
    role: 'frontend',
    script: word('remix vite:dev'),
    port: 5173,
    arguments: '--port $PORT',
    configFile: VITE_CONFIG,
  },
  { title: 'Remix', role: 'frontend', script: word('remix dev'), port: 3000 },
  { title: 'Angular', role: 'frontend', script: word('ng (?:serve|s|dev)'), port: 4200, arguments: '--port $PORT' },
  {
    title: 'Create React App',
    role: 'frontend',
    script: word('(?:react-scripts|react-app-rewired|craco) start'),
    port: 3000,
    env: { BROWSER: 'none' },
  },
  { title: 'Vue CLI', role: 'frontend', script: word('vue-cli-service serve'), port: 8080, arguments: '--port $PORT' },
  { title: 'Gatsby', role: 'frontend', script: word('gatsby develop'), port: 8000, arguments: '--port $PORT' },
  {
    title: 'Docusaurus',
    role: 'frontend',
    script: word('docusaurus start'),
    port: 3000,
    arguments: '--port $PORT --no-open',
  },
  { title: 'Expo', role: 'frontend', script: word('expo start'), port: 8081, arguments: '--port $PORT' },
  {
    title: 'Wrangler',
    role: 'backend',
    script: word('wrangler (?:pages )?dev'),
    port: 8787,
    arguments: '--port $PORT',
  },
  {
    title: 'Parcel',
    role: 'frontend',
    script: word('parcel(?: serve)?(?! build)'),
    port: 1234,
    arguments: '--port $PORT',
  },
  {
    title: 'webpack',
    role: 'frontend',
    script: word('(?:webpack serve|webpack-dev-server)'),
    port: 8080,
    arguments: '--port $PORT',
    configFile: /(?:^|\/)webpack\.config\.\w+$/,
  },
  {
    title: 'Eleventy',
    role: 'frontend',
    script: word('eleventy .{0,200}--serve'),
    port: 8080,
    arguments: '--port=$PORT',
  },
  {
    title: 'SvelteKit',
    role: 'frontend',
    script: word('svelte-kit dev'),
    port: 5173,
    arguments: '--port $PORT',
  },
  {
    title: 'Vite',
    role: 'frontend',
    script: word('vite(?: (?:dev|serve))?(?! (?:build|preview))'),
    port: 5173,
    arguments: '--port $PORT --strictPort --clearScreen false',
    configFile: VITE_CONFIG,
  },
];

export interface NodeLibrary {
  readonly title: string;
  readonly package: string;
  readonly port: number;
}

/** Servers that a program is written with. Which port they take is in the program. */
export const NODE_LIBRARIES: readonly NodeLibrary[] = [
  { title: 'NestJS', package: '@nestjs/core', port: 3000 },
  { title: 'Fastify', package: 'fastify', port: 3000 },
  { title: 'Express', package: 'express', port: 3000 },
  { title: 'Koa', package: 'koa', port: 3000 },
  { title: 'Hono', package: 'hono', port: 3000 },
  { title: 'hapi', package: '@hapi/hapi', port: 3000 },
  { title: 'Apollo Server', package: '@apollo/server', port: 4000 },
  { title: 'AdonisJS', package: '@adonisjs/core', port: 3333 },
];

/** What a Vite server is the front of, by what is installed beside it. */
export const ON_VITE: readonly (readonly [title: string, dependency: string])[] = [
  ['SvelteKit', '@sveltejs/kit'],
  ['SolidStart', '@solidjs/start'],
  ['Qwik', '@builder.io/qwik-city'],
];

/** Scripts that only start other scripts or packages. */
export const ORCHESTRATORS =
  /(?:^|[\s;&|])(?:concurrently|turbo|nx|lerna|npm-run-all2?|run-[ps]|wireit|foreman|nf|overmind|hivemind|mprocs|moon|rush|zellij|tmux|devdeck|docker(?:-| )compose|docker)(?=\s|$)|(?:pnpm|npm|yarn|bun)\b.{0,200}(?:\s-r\b|--recursive|--filter|--workspaces?\b|\s-w\b|workspaces? (?:foreach|run))|(?<!&)&(?!&)|^\.\/dev\b/;
