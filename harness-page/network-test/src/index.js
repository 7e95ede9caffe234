// The module's door: `import NetworkTest, { ErrorNames } from …`.

export { NetworkTest as default } from './network-test.js';
export { ErrorNames } from './errors.js';

/** @typedef {import('./network-test.js').Credentials} Credentials */
/** @typedef {import('./options.js').NetworkTestOptions} NetworkTestOptions */
/** @typedef {import('./connectivity.js').ConnectivityTestResults} ConnectivityTestResults */
/** @typedef {import('./connectivity.js').FailedTest} FailedTest */
/** @typedef {import('./scoring/score.js').QualityTestResults} QualityTestResults */
/** @typedef {import('./stats.js').Sample} UpdateCallbackStats */
