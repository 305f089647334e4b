#!/usr/bin/env node
'use strict';
const { program } = require('commander');
const { name } = program.option('--name <name>').parse().opts();
console.log(`outside says hello to ${name}`);
