// The package: defines `<precall-test>`, and gives the pure parts to those who want them.

import { PrecallTest } from './element.js';

export { EVENTS, PrecallTest } from './element.js';
export { LANGUAGES } from './texts.js';
export { judge } from './verdict.js';

if (typeof customElements !== 'undefined' && !customElements.get('precall-test')) {
  customElements.define('precall-test', PrecallTest);
}
