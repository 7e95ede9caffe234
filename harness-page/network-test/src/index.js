// The module's door: `import NetworkTest, { ErrorNames } from …`.

export { NetworkTest as default } from './network-test.js';
export { ErrorNames } from './errors.js';
