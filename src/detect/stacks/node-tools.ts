// What tells about a package.json: the libraries that servers are written with, and scripts that only start others.

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
