'use strict';
const fs = require('node:fs');
const path = require('node:path');
const webpack = require('webpack');
const [production, development] = require('./webpack.config.js');

class Listing {
  apply(compiler) {
    compiler.hooks.thisCompilation.tap('Listing', (compilation) => {
      compilation.hooks.processAssets.tap(
        { name: 'Listing', stage: webpack.Compilation.PROCESS_ASSETS_STAGE_REPORT },
        (assets) => {
          const { RawSource } = webpack.sources;
          compilation.emitAsset('listing.txt', new RawSource(Object.keys(assets).sort().join('\n')));
        },
      );
    });
  }
}

function build(config) {
  const compiler = webpack(config);
  return new Promise((resolve, reject) =>
    compiler.run((error, stats) => compiler.close(() => (error ? reject(error) : resolve(stats)))),
  );
}

// A first round may come twice: what counts is that a change gets into what is built.
async function watch() {
  const compiler = webpack({ ...development, cache: false });
  const output = path.resolve('dist/development/main.js');
  const changed = Promise.withResolvers();
  const watching = compiler.watch({ aggregateTimeout: 5 }, () => {
    if (fs.readFileSync(output, 'utf8').includes('other words')) changed.resolve();
    else fs.writeFileSync('src/words.txt', 'other words\n');
  });
  await changed.promise;
  await new Promise((resolve) => watching.close(resolve));
  console.log('the change was seen');
}

async function main() {
  const stats = await build({ ...production, plugins: [...production.plugins, new Listing()] });
  const { assets, modules, chunks, errors } = stats.toJson();
  console.log(assets.map(({ name, size }) => `${name} ${size}`).sort(), modules.length, chunks.length, errors);
  console.log(fs.readFileSync(path.resolve('dist/production/listing.txt'), 'utf8'));
  try {
    webpack({ entry: 1, nonsense: true });
  } catch (error) {
    console.log(error.name, error.message);
  }
  await watch();
}
main();
