// esbuild's API, which talks to a child process over its standard streams: builds of several kinds, plugins,
// incremental builds, watching, serving, transforms, errors, the synchronous calls.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import './without-threads.mjs';
import esbuild from 'esbuild';
import client from './common/client.js';

const log = (title, value) => console.log(`## ${title}\n`, value);
const messages = (list) =>
  list.map(({ text, location }) => `${location?.file}:${location?.line}:${location?.column} ${text}`);

const plugin = {
  name: 'virtual',
  setup(build) {
    build.onStart(() => log('plugin starts', build.initialOptions.entryPoints));
    build.onResolve({ filter: /^virtual:/ }, ({ path, importer, kind }) => ({
      path,
      namespace: 'virtual',
      pluginData: kind,
    }));
    build.onLoad({ filter: /.*/, namespace: 'virtual' }, async ({ path, pluginData }) => ({
      contents: `export default ${JSON.stringify(`${path} by ${pluginData}`)}`,
      warnings: [{ text: 'made up', location: { file: path, line: 1, column: 2 } }],
    }));
    build.onEnd(({ errors, warnings }) => log('plugin ends', [errors.length, messages(warnings)]));
  },
};

const options = {
  entryPoints: ['src/index.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outdir: 'out',
  logLevel: 'silent',
  plugins: [plugin],
  splitting: true,
  metafile: true,
  sourcemap: 'linked',
  loader: { '.txt': 'text' },
};

const first = await esbuild.build(options);
log(
  'outputs',
  Object.entries(first.metafile.outputs).map(([name, { bytes, exports }]) => [name, bytes, exports]),
);
log('analysis', await esbuild.analyzeMetafile(first.metafile));
log('bundle', fs.readFileSync('out/index.js', 'utf8'));
log('running it', await import(`${process.cwd()}/out/index.js`));
const minified = await esbuild.build({ ...options, plugins: [], external: ['virtual:*'], minify: true, write: false });
log(
  'minified',
  minified.outputFiles.map(({ path, hash }) => [path, hash]),
);

const transformed = await Promise.all(
  ['let a: number = 1 ?? 2', 'const x = <a b={1}/>', 'import x from "y"; x?.y'].map((code, i) =>
    esbuild.transform(code, { loader: ['ts', 'jsx', 'js'][i], target: 'es2017', format: 'cjs' }),
  ),
);
log(
  'transforms',
  transformed.map(({ code }) => code),
);
const big = `export default [${Array.from({ length: 50_000 }, (_, i) => i * 7).join(', ')}]`;
log('big', (await esbuild.transform(big, { minify: true })).code.length);
await esbuild
  .build({ ...options, entryPoints: ['src/broken.ts'], plugins: [] })
  .catch((error) => log('errors', [error.message, messages(error.errors), messages(error.warnings)]));
await esbuild.transform('a b', {}).catch((error) => log('error of a transform', messages(error.errors)));
log(
  'formatted',
  await esbuild.formatMessages(
    [{ text: 'it broke', location: { file: 'a.js', line: 3, column: 1, lineText: 'x()' } }],
    { kind: 'error', color: false },
  ),
);

const context = await esbuild.context({ ...options, plugins: [], external: ['virtual:*'], splitting: false });
for (let i = 0; i < 3; i++) await context.rebuild();
await context.dispose();
const rounds = Promise.withResolvers();
const watched = await esbuild.context({
  entryPoints: ['src/text.txt'],
  outdir: 'watched',
  loader: { '.txt': 'text' },
  bundle: true,
  plugins: [
    {
      name: 'rounds',
      setup: (build) =>
        build.onEnd(() => {
          const text = fs.readFileSync('watched/text.js', 'utf8').match(/= "(.*?)"/)[1];
          log('watch', text);
          if (text === 'changed') rounds.resolve();
          else fs.writeFileSync('src/text.txt', 'changed');
        }),
    },
  ],
});
await watched.watch();
await rounds.promise;
await watched.dispose();

const served = await esbuild.context({ entryPoints: ['src/lazy.ts'], outdir: 'src', write: false });
const { port } = await served.serve({ host: '127.0.0.1', port: 0, servedir: 'src' });
client.show('served', await client.request(`http://127.0.0.1:${port}/lazy.js`));
client.show('not there', await client.request(`http://127.0.0.1:${port}/none.js`));
await served.dispose();

const sync = createRequire(import.meta.url)('esbuild');
log('sync transform', sync.transformSync('enum A { B }', { loader: 'ts' }).code);
log('sync build', sync.buildSync({ entryPoints: ['src/lazy.ts'], write: false, format: 'cjs' }).outputFiles[0].text);
log('version', [esbuild.version === sync.version]);
await esbuild.stop();
