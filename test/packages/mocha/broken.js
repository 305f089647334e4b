'use strict';
throw new TypeError('while loading');
