'use strict';
// issue 6: webpack minimizes in worker threads by default, and torc has none yet.

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
