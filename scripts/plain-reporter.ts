{
  "name": "tracemalloc-workspace",
  "private": true,
  "type": "module",
  "license": "MIT",
  "packageManager": "pnpm@10.34.9",
  "engines": {
    "node": ">=20.19"
  },
  "scripts": {
    "setup": "node scripts/setup.mjs",
    "prestart": "node scripts/setup.mjs",
    "start": "vite examples/playground",
    "dev": "vitest",
    "pretest": "node scripts/setup.mjs",
    "test": "vitest run",
    "test:update": "vitest run --update",
    "build": "node scripts/build.mjs",
    "typecheck": "tsc -b && tsc -p test && tsc -p examples",
    "lint": "biome check .",
    "fix": "biome check --write .",
    "knip": "knip",
    "size": "size-limit",
    "package": "pnpm -r --filter './packages/*' exec publint --strict && pnpm -r --filter './packages/*' exec attw --pack . --profile esm-only",
    "bench": "node --expose-gc --conditions=@tracemalloc/source --import=tsx benchmarks/main.ts",
    "precheck": "node scripts/setup.mjs",
    "check": "pnpm lint && pnpm typecheck && pnpm build && pnpm knip && pnpm size && pnpm run package && pnpm test",
    "clean": "git clean -fdX"
  },
  "devDependencies": {
    "@arethetypeswrong/cli": "0.18.5",
    "@biomejs/biome": "2.6.8",
    "@size-limit/preset-small-lib": "12.1.0",
    "@types/node": "20.19.43",
    "@vitest/coverage-v8": "4.1.12",
    "esbuild": "0.28.2",
    "fast-check": "4.10.2",
    "knip": "6.44.2",
    "pnpm": "10.34.9",
    "publint": "0.3.25",
    "size-limit": "12.1.0",
    "tsx": "4.23.15",
    "typescript": "7.0.2",
    "vite": "8.3.8",
    "vitest": "4.1.12"
  }
}
