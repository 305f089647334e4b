'use strict';
// Alone
// Histograms of perf_hooks: counts, percentiles, statistics, values out of range.
const { createHistogram, monitorEventLoopDelay, performance } = require('perf_hooks');
const { run, step } = require('../common/show');

const round = (n) => (typeof n === 'number' && !Number.isInteger(n) ? Number(n.toPrecision(9)) : n);
const deep = (o) => JSON.parse(JSON.stringify(o, (k, v) => (v instanceof Map ? [...v] : round(v))));
const filled = (step, options) => {
  const h = createHistogram(options);
  for (let i = 1; i < 100; i++) h.record(i * step);
  return h;
};

step('empty', () => deep(createHistogram()));
step('few', () => {
  const h = createHistogram();
  for (const v of [1, 10, 10, 55555, 100n]) h.record(v);
  return [deep(h), h.countAt(10), h.cdf(10), h.ccdf(10), [...h.percentilesAt([1, 50, 99])], h.minBigInt, h.maxBigInt,
          h.countBigInt, h.exceedsBigInt, h.percentileBigInt(50), [...h.percentilesBigInt]];
});
step('buckets', () => [[...filled(3).linearBuckets(100)], [...filled(3).logBuckets(10, 2)]]);
step('percentileCI', () => [deep(filled(3).percentileCI(50)), deep(filled(3).percentileCI(99, { confidence: 0.9 }))]);
step('shape', () => [filled(3).skewness, filled(3).kurtosis, filled(3).stddev].map(round));
step('ksTest', () => round(filled(3).ksTest(filled(4))));
step('welchTest', () => deep(filled(3).welchTest(filled(4))));
step('welchTest confidence', () => deep(filled(3).welchTest(filled(3), { confidence: 0.5 })));
step('mannWhitneyTest', () => deep(filled(3).mannWhitneyTest(filled(4))));
step('cohensD', () => round(filled(3).cohensD(filled(4))));
step('cliffsD', () => round(filled(3).cliffsD(filled(4))));
step('averages', () => {
  const h = filled(1, { halfLife: 10, threshold: 50 });
  return [h.ewmaMean, h.ewmaStddev, h.ewmaErrorRate, h.burnRate(0.9)].map(round);
});
step('subtract, add, reset', () => {
  const a = filled(3);
  const b = filled(4);
  const seen = [];
  a.subtract(b);
  seen.push(a.count, a.min, a.max);
  a.add(b);
  seen.push(a.count, a.min, a.max);
  a.reset();
  return [...seen, a.count];
});
step('range', () => {
  const h = createHistogram({ lowest: 1, highest: 100, figures: 1 });
  for (const v of [1000, 50]) h.record(v);
  h.recordCorrected(90, 20);
  return [h.exceeds, h.count, h.max, [...h.percentiles]];
});
step('recordDelta', () => {
  const h = createHistogram();
  for (let i = 0; i < 3; i++) h.recordDelta();
  return h.count;
});
for (const bad of [0, -1, 1.5, 'x', 0n, 2n ** 64n]) step(`record ${bad}`, () => createHistogram().record(bad));
for (const options of [{ lowest: 0 }, { highest: 1 }, { figures: 6 }, { lowest: 10n, highest: 15n }]) {
  step(`options ${Object.keys(options)}`, () => createHistogram(options));
}
step('monitorEventLoopDelay', async () => {
  const h = monitorEventLoopDelay({ resolution: 1 });
  const enabled = [h.enable(), h.enable()];
  await new Promise((resolve) => setTimeout(resolve, 50));
  const seen = [h.count > 0, h.min > 0, h.disable(), h.disable()];
  const { count } = h;
  await new Promise((resolve) => setTimeout(resolve, 20));
  return [...enabled, ...seen, h.count === count];
});
step('performance', () => [typeof performance.now(), performance.timeOrigin > 1e12,
                           performance.nodeTiming.bootstrapComplete > 0, performance.nodeTiming.loopExit,
                           Object.keys(performance.nodeTiming.toJSON())]);
step('eventLoopUtilization', async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { idle, active, utilization } = performance.eventLoopUtilization();
  return [idle > 10, active > 0, utilization > 0 && utilization < 1];
});
run();
