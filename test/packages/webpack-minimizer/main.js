'use strict';
// webpack minimizes in worker threads by default.

const webpack = require('webpack');

webpack(
  { mode: 'production', context: __dirname, entry: './entry.js', output: { path: __dirname } },
  (error, stats) => {
    console.log(
      error,
      stats.toJson().errors.map(({ message }) => message),
      stats.toJson().assets[0].size,
    );
  },
);
