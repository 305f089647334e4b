'use strict';

// What the build does last before it saves the heap that programs and workers start from (core/snapshot.c): the library
// as it is leaves objects there that nobody asks for any more, and each start would write them anew.

const { Buffer } = require('buffer');
const { Module } = require('internal/modules/cjs/loader');
const { BuiltinModule } = require('internal/bootstrap/realm');

// With fewer properties a shape that no other object shares is not worth it.
const MANY = 5;

function isObject(value) {
  return value !== null && typeof value === 'object';
}

function isPlain(object) {
  const proto = Object.getPrototypeOf(object);
  return proto === null || proto === Object.prototype;
}

// An object that gets its properties one by one leaves a shape for each of them behind. What modules export is not
// looked into: the getters of lazy properties look like data.
function reshapeAll(modules, bindings, reshape) {
  const { config, versions } = process;
  const constants = new Set([...bindings, config, versions]);
  for (const object of constants) {
    for (const value of Object.values(object)) if (isObject(value) && isPlain(value)) constants.add(value);
  }
  for (const object of [...modules, ...constants, console, Buffer, Module]) {
    if (Reflect.ownKeys(object).length >= MANY) reshape(object);
  }
}

return (reshape, bindings) => {
  reshapeAll([...BuiltinModule.map.values()].map((module) => module.exports).filter(isObject), bindings, reshape);
};
