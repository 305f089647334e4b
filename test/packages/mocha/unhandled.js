'use strict';
it('leaves a rejection', () => { Promise.reject(new Error('nobody caught it')); });
it('goes on', (done) => { setTimeout(done, 5); });
