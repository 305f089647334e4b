'use strict';
const path = require('node:path');
const MinimizerPlugin = require('minimizer-webpack-plugin');
const { DefinePlugin } = require('webpack');

const base = {
  context: __dirname,
  entry: { main: './src/index.js' },
  target: 'node',
  module: {
    rules: [
      { test: /\.txt$/, type: 'asset/source' },
      { test: /\.svg$/, type: 'asset/resource' },
      { test: /\.upper$/, use: [path.resolve('loader.js')] },
    ],
  },
  plugins: [new DefinePlugin({ VERSION: JSON.stringify('1.2.3') })],
  stats: { hash: false, timings: false, version: false },
};
const to = (name) => ({
  path: path.resolve('dist', name),
  filename: '[name].js',
  chunkFilename: '[name].[contenthash:8].js',
});

module.exports = [
  {
    ...base,
    name: 'production',
    mode: 'production',
    output: to('production'),
    optimization: { minimizer: [new MinimizerPlugin({ parallel: false })] },
  },
  { ...base, name: 'development', mode: 'development', output: to('development') },
  { ...base, name: 'broken', mode: 'development', entry: './src/broken.js', output: to('broken') },
];
