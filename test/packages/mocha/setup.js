'use strict';
globalThis.setup = true;
exports.mochaHooks = { beforeAll() { console.log('root hook'); } };
exports.mochaGlobalSetup = () => console.log('global setup');
exports.mochaGlobalTeardown = () => console.log('global teardown');
